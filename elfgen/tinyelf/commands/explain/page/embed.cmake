# Makes page_document.c of the page's skeleton, style and script: byte arrays around the title and the data.
# cmake -DFOLDER=... -DSTYLES=A,B -DSCRIPTS=A,B -DVERSION=... -DOUTPUT=... -P embed.cmake
# Indentation and lines that are a comment are left out, which may stand in no text of the script; tighten.cmake leaves out more.

include(${CMAKE_CURRENT_LIST_DIR}/tighten.cmake)

# The files, one after another, in `result`.
function(join_files list result)
    set(all "")
    string(REPLACE "," ";" names "${list}")
    foreach(name ${names})
        file(READ "${FOLDER}/${name}" text)
        string(APPEND all "\n${text}")
    endforeach()
    string(REGEX REPLACE "\n[ \t]+" "\n" all "${all}")
    string(REGEX REPLACE "\n//[^\n]*" "" all "${all}")
    string(REGEX REPLACE "\n/\\*[^\n]*\\*/" "" all "${all}")
    string(REGEX REPLACE "\n+" "\n" all "${all}")
    set(${result} "${all}" PARENT_SCOPE)
endfunction()

# A hash of 64 hexadecimal digits in base64: 12 bits, three digits, are two characters.
function(base64_of hash result)
    set(digits "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    set(text "")
    foreach(place RANGE 0 63 3)
        string(SUBSTRING "${hash}00" ${place} 3 three)
        math(EXPR high "0x${three} >> 6")
        math(EXPR low "0x${three} & 63")
        string(SUBSTRING "${digits}" ${high} 1 first)
        string(SUBSTRING "${digits}" ${low} 1 second)
        string(APPEND text "${first}${second}")
    endforeach()
    string(SUBSTRING "${text}" 0 43 text)
    set(${result} "${text}=" PARENT_SCOPE)
endfunction()

# A C array of the text's bytes.
function(array_of name text result)
    file(WRITE "${OUTPUT}.part" "${text}")
    file(READ "${OUTPUT}.part" hex HEX)
    file(REMOVE "${OUTPUT}.part")
    string(LENGTH "${hex}" size)
    math(EXPR size "${size} / 2")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
    set(${result} "const unsigned char ${name}[] = {${bytes}};\nconst unsigned ${name}_size = ${size};\n" PARENT_SCOPE)
endfunction()

join_files("${STYLES}" style)
join_files("${SCRIPTS}" script)
join_files(page.html skeleton)
tighten(style "${style}" style)
tighten(script "${script}" script)
string(PREPEND script "\"use strict\";")
if("${script}${style}" MATCHES "</|<!--")
    message(FATAL_ERROR "embed.cmake: the script or the style has '</' or '<!--', which would end it")
endif()
string(SHA256 style_hash "${style}")
string(SHA256 script_hash "${script}")
base64_of(${style_hash} style_base64)
base64_of(${script_hash} script_base64)
string(LENGTH "${style}" style_size)
string(LENGTH "${script}" script_size)
math(EXPR size "${style_size} + ${script_size}")
message("page: ${script_size} bytes of script, ${style_size} of style, ${size} in all")

array_of(page_before_title "<!doctype html>
<html lang=\"en\">
<head>
<meta charset=\"utf-8\">
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'sha256-${script_base64}'; style-src 'sha256-${style_base64}'; base-uri 'none'; form-action 'none'\">
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">
<meta name=\"generator\" content=\"tinyelf ${VERSION}\">
<title>" before_title)
array_of(page_before_data "</title>
<style>${style}</style>
</head>
<body>${skeleton}<script type=\"application/json\" id=\"data\">" before_data)
array_of(page_after_data "</script>
<script>${script}</script>
</body>
</html>
" after_data)
file(WRITE "${OUTPUT}" "/* Made by embed.cmake: the page of explain without title and data. */
#include \"commands/explain/page/page_private.h\"
${before_title}${before_data}${after_data}")
