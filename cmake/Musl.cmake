# How the front is compiled with musl, where there is one: headers, objects of start, and libc.a (Debian: musl-dev).
# Nothing that was built against another C library goes in. Sets TINYELF_MUSL to OFF where that is not possible.

set(musl_found OFF)
if(TINYELF_MUSL AND TINYELF_STATIC AND NOT CMAKE_CROSSCOMPILING)
    set(musl_names ${CMAKE_SYSTEM_PROCESSOR}-linux-musl)
    find_path(MUSL_INCLUDE_DIR stdio.h PATHS /usr/include/${musl_names} NO_DEFAULT_PATH)
    find_file(MUSL_START crt1.o PATHS /usr/lib/${musl_names} NO_DEFAULT_PATH)
    find_file(MUSL_INIT crti.o PATHS /usr/lib/${musl_names} NO_DEFAULT_PATH)
    find_file(MUSL_END crtn.o PATHS /usr/lib/${musl_names} NO_DEFAULT_PATH)
    find_file(MUSL_ARCHIVE libc.a PATHS /usr/lib/${musl_names} NO_DEFAULT_PATH)
    # Linux's own headers, without the other C library's beside them.
    find_path(LINUX_INCLUDE_DIR linux/elf.h)
    find_path(LINUX_ASM_DIR asm/unistd.h PATHS /usr/include/${CMAKE_C_LIBRARY_ARCHITECTURE})
    # stdarg.h and its like.
    execute_process(COMMAND ${CMAKE_C_COMPILER} -print-file-name=include
        OUTPUT_VARIABLE compiler_headers OUTPUT_STRIP_TRAILING_WHITESPACE)
    execute_process(COMMAND ${CMAKE_C_COMPILER} -print-libgcc-file-name
        OUTPUT_VARIABLE libgcc OUTPUT_STRIP_TRAILING_WHITESPACE)
    if(MUSL_INCLUDE_DIR AND MUSL_START AND MUSL_INIT AND MUSL_END AND MUSL_ARCHIVE AND LINUX_INCLUDE_DIR
            AND LINUX_ASM_DIR AND EXISTS ${compiler_headers}/stdarg.h AND EXISTS ${libgcc})
        set(musl_found ON)
    endif()
endif()
# Without musl a static front needs the system's libc.a, and no other archive.
find_library(LIBC_ARCHIVE NAMES libc.a)
if(TINYELF_STATIC AND NOT musl_found AND NOT LIBC_ARCHIVE)
    message(STATUS "No musl (musl-dev) and no libc.a (libc6-dev): the command is linked dynamically, and starts more slowly")
    set(TINYELF_STATIC OFF)
elseif(TINYELF_MUSL AND NOT musl_found)
    message(STATUS "The front is built with the system's C library, and starts more slowly: "
                   "musl (musl-dev) is missing, or the command is not static")
endif()
set(TINYELF_MUSL ${musl_found})

if(TINYELF_MUSL)
    set(linux_headers ${PROJECT_BINARY_DIR}/linux-headers)
    file(MAKE_DIRECTORY ${linux_headers})
    foreach(folder linux asm-generic)
        file(CREATE_LINK ${LINUX_INCLUDE_DIR}/${folder} ${linux_headers}/${folder} SYMBOLIC)
    endforeach()
    file(CREATE_LINK ${LINUX_ASM_DIR}/asm ${linux_headers}/asm SYMBOLIC)
    add_library(musl INTERFACE)
    target_compile_options(musl INTERFACE -nostdinc)
    foreach(folder ${MUSL_INCLUDE_DIR} ${compiler_headers} ${linux_headers})
        target_compile_options(musl INTERFACE "SHELL:-isystem \"${folder}\"")
    endforeach()
    # musl has no checked functions, and its archive has no place of its own in a program.
    target_compile_options(musl INTERFACE -U_FORTIFY_SOURCE -fno-pie)
    target_link_options(musl INTERFACE -nostdlib -static -no-pie ${MUSL_START} ${MUSL_INIT})
    # A page of the file that is used costs a page fault, and each segment a mapping: what a start uses is put together
    # (front_order.py), in one segment with the headers. No program interpreter protects relocated data of a static program.
    target_compile_options(musl INTERFACE -ffunction-sections -fdata-sections)
    include(CheckLinkerFlag)
    set(order LINKER:-T,${PROJECT_SOURCE_DIR}/cmake/front_order.ld)
    check_linker_flag(C "${order}" TINYELF_LINKER_ORDERS)
    if(TINYELF_LINKER_ORDERS)
        target_link_options(musl INTERFACE ${order})
        set_property(TARGET musl APPEND PROPERTY INTERFACE_LINK_DEPENDS ${PROJECT_SOURCE_DIR}/cmake/front_order.ld)
    endif()
    target_link_options(musl INTERFACE LINKER:--gc-sections LINKER:-z,noseparate-code LINKER:-z,norelro
        LINKER:-Map,${PROJECT_BINARY_DIR}/tinyelf.map)
    target_link_libraries(musl INTERFACE -Wl,--start-group ${MUSL_ARCHIVE} ${libgcc} -Wl,--end-group ${MUSL_END})
endif()
