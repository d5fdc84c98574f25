# What the build needs from the system, each by the Debian package that has it.

find_path(LIBELF_INCLUDE_DIR gelf.h)
find_library(LIBELF_LIBRARY NAMES elf)
if(NOT LIBELF_INCLUDE_DIR OR NOT LIBELF_LIBRARY)
    message(FATAL_ERROR "libelf is missing: install the package libelf-dev (elfutils)")
endif()
# A static command needs the archives, libelf's own dependency included.
find_library(LIBELF_ARCHIVE NAMES libelf.a)
find_library(ZLIB_ARCHIVE NAMES libz.a)
find_library(LIBC_ARCHIVE NAMES libc.a)
if(TINYELF_STATIC AND NOT (LIBELF_ARCHIVE AND ZLIB_ARCHIVE AND LIBC_ARCHIVE))
    message(STATUS "No static libelf, zlib (packages libelf-dev, zlib1g-dev) or libc: "
                   "the command is linked dynamically and starts more slowly")
    set(TINYELF_STATIC OFF)
endif()
add_library(libelf INTERFACE)
target_include_directories(libelf SYSTEM INTERFACE ${LIBELF_INCLUDE_DIR})
if(TINYELF_STATIC)
    target_link_libraries(libelf INTERFACE ${LIBELF_ARCHIVE} ${ZLIB_ARCHIVE})
else()
    target_link_libraries(libelf INTERFACE ${LIBELF_LIBRARY})
endif()

find_program(NASM nasm)
if(NOT NASM)
    message(FATAL_ERROR "nasm is missing: install the package nasm")
endif()

if(TINYELF_TESTS)
    find_package(PkgConfig)
    if(NOT PKG_CONFIG_FOUND)
        message(FATAL_ERROR "pkg-config is missing: install the package pkg-config "
                            "(or configure with -DTINYELF_TESTS=OFF)")
    endif()
    pkg_check_modules(CHECK IMPORTED_TARGET check)
    if(NOT CHECK_FOUND)
        message(FATAL_ERROR "Check is missing: install the package check "
                            "(or configure with -DTINYELF_TESTS=OFF)")
    endif()
endif()
