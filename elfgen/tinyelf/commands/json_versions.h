/* JSON_VERSION_check and so on: the version of each command's JSON. */
#ifndef JSON_VERSIONS_H
#define JSON_VERSIONS_H

enum {
#define JSON_VERSION(command, version) JSON_VERSION_##command = (version),
#include "json_versions.def"
#undef JSON_VERSION
};

#endif
