/* Marks what the library exports. Everything else is hidden in the shared library. */
#ifndef ELFGEN_API_H
#define ELFGEN_API_H

#ifdef __cplusplus
#define ELFGEN_API  extern "C" __attribute__((visibility("default")))
#define ELFGEN_DATA extern "C" __attribute__((visibility("default")))
#else
#define ELFGEN_API  __attribute__((visibility("default")))
#define ELFGEN_DATA extern __attribute__((visibility("default")))
#endif

#endif
