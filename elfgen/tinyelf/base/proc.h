/* Reads and writes small files of /proc (proc(5)). */
#ifndef BASE_PROC_H
#define BASE_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Reads a file as text with a NUL at its end; what does not fit in `room` bytes, at least 1, is
 * left out. Returns false if it cannot be read or is empty; the text is then "". */
bool proc_read(const char *path, char *text, size_t room);

/* The same for /proc/ID/NAME, which is gone when the process is. */
bool proc_read_of(pid_t id, const char *name, char *text, size_t room);

/* Opens /proc/ID/NAME for reading. Returns -1 and errno if that fails. */
int proc_open_of(pid_t id, const char *name);

/* Reads a whole file, however long. The caller frees it; NULL: it cannot be read, or no memory. */
char *proc_read_all(const char *path);

/* Reads /proc/ID/stat. Returns its third field, "S" and so on, and all that follows it; NULL if
 * the process is gone. The second field, the name in parentheses, may contain any character. */
const char *proc_read_stat(pid_t id, char *text, size_t room);

/* Finds the line "NAME NUMBER" in a text of such lines; `name` has its colon, as "VmRSS:", and
 * `base` is 10 or 16. Returns false if there is none: *number is then 0. */
bool proc_field(const char *text, const char *name, int base, uint64_t *number);

/* Writes a text at once, as such files want it. Returns false if that fails. */
bool proc_write(const char *path, const char *text);

/* Reads a file that is one decimal number. Returns false, and leaves *number, if it is not. */
bool proc_number(const char *path, uint64_t *number);

/* Reads vm.mmap_min_addr, as above: Linux maps no page below it for a program without
 * CAP_SYS_RAWIO. */
bool proc_lowest_address(uint64_t *address);

#endif
