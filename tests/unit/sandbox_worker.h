/* A worker and what it runs; shared by the tests of sandbox/. */
#ifndef SANDBOX_WORKER_H
#define SANDBOX_WORKER_H

#include "room.h"
#include "sandbox/sandbox.h"

/* write(DESCRIPTOR, text, 5), then exit(3) */
#define WRITE(descriptor)                                                                          \
    {                                                                                              \
        0xb8, 1, 0, 0, 0, 0xbf, descriptor, 0, 0, 0, 0x48, 0x8d, 0x35, 19, 0, 0, 0, 0xba, 5, 0, 0, \
            0, 0x0f, 0x05, 0xb8, 60, 0, 0, 0, 0xbf, 3, 0, 0, 0, 0x0f, 0x05, 'h', 'e', 'l', 'l',    \
            'o'                                                                                    \
    }
static const uint8_t writes_1[] = WRITE(1);
static const uint8_t loops[] = {0xeb, 0xfe};

extern struct sandbox_worker *worker;

void open_with(const struct sandbox_options *options);
void close_worker(void);

/* Runs in the worker: a job, and a program without arguments. */
struct run_end run_job(const struct sandbox_job *job);
struct run_end run(int file, struct sandbox_stream *output, struct sandbox_stream *errors);

/* Checks that the worker still runs programs. */
void greet(void);

TCase *sandbox_measure_cases(void);

#endif
