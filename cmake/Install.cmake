# The command, the libraries, the headers, a pkg-config file and a CMake package.
include(CMakePackageConfigHelpers)

if(TARGET tinyelf)
    install(TARGETS tinyelf RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
    install(DIRECTORY asm templates docs/schema DESTINATION ${CMAKE_INSTALL_DATADIR}/tinyelf)
endif()
if(TARGET tinyelf-code)
    install(TARGETS tinyelf-code RUNTIME DESTINATION ${CMAKE_INSTALL_LIBEXECDIR})
endif()
install(TARGETS elfgen elfgen-static elfgen-core EXPORT elfgen-targets
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY elfgen/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

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
