/* Choices of tinyelf golf's options. */
#ifndef COMMANDS_GOLF_OPTIONS_H
#define COMMANDS_GOLF_OPTIONS_H

enum golf_level { GOLF_LEVEL_LINUX, GOLF_LEVEL_SPEC };
enum golf_with {
    GOLF_WITH_RWX = 1,
    GOLF_WITH_OVERCOMMIT = 2,
    GOLF_WITH_INT80 = 4,
    GOLF_WITH_FULL_WRITES = 8
};

#endif
