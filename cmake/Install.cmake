# The command, the libraries, the headers, a pkg-config file and a CMake package.
include(CMakePackageConfigHelpers)

# What is in the source's folders beside these is somebody's own, and is not installed.
set(asm_files
    badclose.s badwrite.s below.s cat.s count.s crash.s cs.s echo.s errno.c exit.s halt.s hello-att.s
    hello-intel.s hello.c hello.s hello32-att.s hello32.s int81.s kernel.s mixed.s nosuch.s nothing.c other.s
    printf.c return.s ring3.s sections.s setcs.s socket.s spin.s status.s tiny.h tiny_memory.h)
set(templates_files
    elf32.hex elf64.hex hello.hex list.txt)
set(schema_files
    check.json compare.json encode.json explain.json golf.json mutate.json stages.json step.json syscall.json trace.json)
set(header_files
    api.h arch.h assemble.h assemble_warnings.def code.h core_records.h distance.h error.h format.h hex.h image.h kernel.h kernel_advice.def
    kernel_checks.def map.h memory.h names.h objections.h reader.h records.h relocation_types.def search.h
    section_headers.h tables.h text.h unfold.h version.h view.h x86.h x86_mnemonics.def x86_registers.def)

if(TARGET tinyelf)
    install(TARGETS tinyelf RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
    foreach(folder asm templates docs/schema)
        get_filename_component(name ${folder} NAME)
        list(TRANSFORM ${name}_files PREPEND ${folder}/)
        install(FILES ${${name}_files} DESTINATION ${CMAKE_INSTALL_DATADIR}/tinyelf/${name} COMPONENT data)
    endforeach()
    # The lecture's steps from 178 bytes down.
    set(golf_files
        hello-81.hex hello-83.hex hello-87.hex hello-112.hex hello-132.hex hello-139.hex hello-140.hex hello-154.hex hello-166.hex)
    list(TRANSFORM golf_files PREPEND templates/golf/)
    install(FILES ${golf_files} DESTINATION ${CMAKE_INSTALL_DATADIR}/tinyelf/templates/golf COMPONENT data)
    # Programs to read and to change: those of the pages, and the autograder.
    set(examples_files
        assemble.c emit.c filled.hex greet.s headers.asm main.s sections.c)
    set(grade_files
        exit42.task guilty.task hello.task small.task upper.task)
    list(TRANSFORM examples_files PREPEND docs/examples/)
    list(TRANSFORM grade_files PREPEND docs/exercises/grade/)
    set(examples_dir ${CMAKE_INSTALL_DOCDIR}/examples)
    install(FILES ${examples_files} DESTINATION ${examples_dir} COMPONENT data)
    install(FILES ${grade_files} DESTINATION ${examples_dir}/grade COMPONENT data)
    install(PROGRAMS docs/exercises/grade/grade.sh DESTINATION ${examples_dir}/grade COMPONENT data)
endif()
if(TARGET tinyelf-code)
    install(TARGETS tinyelf-code RUNTIME DESTINATION ${CMAKE_INSTALL_LIBEXECDIR})
endif()
install(TARGETS elfgen elfgen-static elfgen-core EXPORT elfgen-targets
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
list(TRANSFORM header_files PREPEND elfgen/include/elfgen/)
install(FILES elfgen/include/elfgen.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT headers)
install(FILES ${header_files} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/elfgen COMPONENT headers)

# Relative to the file itself, so that a tree installed elsewhere (--prefix, DESTDIR) works.
file(RELATIVE_PATH elfgen_pc_to_prefix
    /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
configure_file(cmake/elfgen.pc.in elfgen.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/elfgen.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

set(elfgen_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/elfgen)
install(EXPORT elfgen-targets NAMESPACE elfgen:: DESTINATION ${elfgen_package_dir})
configure_package_config_file(cmake/elfgen-config.cmake.in elfgen-config.cmake
    INSTALL_DESTINATION ${elfgen_package_dir})
write_basic_package_version_file(elfgen-config-version.cmake COMPATIBILITY ${elfgen_compatibility})
install(FILES ${PROJECT_BINARY_DIR}/elfgen-config.cmake
              ${PROJECT_BINARY_DIR}/elfgen-config-version.cmake
    DESTINATION ${elfgen_package_dir})
