/* stepper/: recording a run. A recording is stepped through in both directions, is the same when it
 * is read again, and leaves no process behind. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory_text.h"
#include "x86/effects.h"
#include "stepper/json_read.h"
#include "stepper/stepper.h"
#include "commands/step/text.h"
#include "elfgen/image.h"
#include "room.h"

/* ---- programs ---- */

enum { TIMES = 200 };

/* A loop that pushes, pops and stores, then exit(7). */
static const uint8_t loop[] = {0xb9, TIMES, 0,    0,    0,    /* mov ecx,TIMES */
                               0x48, 0x01,  0xc8,             /* add rax,rcx */
                               0x50,                          /* push rax */
                               0x5b,                          /* pop rbx */
                               0x48, 0x89,  0x5c, 0x24, 0xc0, /* mov [rsp-64],rbx */
                               0x66, 0x48,  0x0f, 0x6e, 0xc0, /* movq xmm0,rax */
                               0xff, 0xc9,                    /* dec ecx */
                               0x75, 0xed,                    /* jnz to the add */
                               0xb8, 60,    0,    0,    0,    /* mov eax,60 */
                               0xbf, 7,     0,    0,    0,    /* mov edi,7 */
                               0x0f, 0x05};                   /* syscall */
enum { LOOP_STEPS = 1 + 7 * TIMES + 3 };

/* jmp to itself */
static const uint8_t forever[] = {0xeb, 0xfe};

static char path[64];
static char *arguments[] = {path, NULL};

static struct process_program make(const uint8_t *code, size_t size)
{
    uint8_t file[512];
    size_t length = elfgen_write_exec(file, sizeof file, code, size, NULL, NULL);
    snprintf(path, sizeof path, "/tmp/unit-step.XXXXXX");
    int to = mkstemp(path);
    ck_assert_int_ge(to, 0);
    ck_assert_int_eq(write(to, file, length), (ssize_t)length);
    ck_assert_int_eq(fchmod(to, 0700), 0);
    close(to);
    struct process_program program = {.path = path, .arguments = arguments};
    sigemptyset(&program.ignored);
    return program;
}

/* Records a program to its end. */
static void record(struct step_recording *recording, const uint8_t *code, size_t size)
{
    struct process_program program = make(code, size);
    struct elfgen_error error = {0};
    int refused;
    struct stepper *stepper = stepper_open(&program, &step_words, recording, &refused, &error);
    if (!stepper)
        fprintf(stderr, "%s\n", error.text);
    ck_assert_ptr_nonnull(stepper);
    while (stepper_next(stepper) == STEP_GOES_ON)
        ;
    stepper_close(stepper);
    unlink(path);
}

static void assert_no_child(void)
{
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG | __WALL), -1);
    ck_assert_int_eq(errno, ECHILD);
}

/* ---- tests ---- */

START_TEST(each_instruction_has_a_record_and_the_recording_ends_as_the_program_does)
{
    struct step_recording recording = {0};
    struct step_cursor cursor;
    struct step_record record_;
    struct step_piece piece;
    uint64_t memory = 0, vectors = 0, calls = 0;
    record(&recording, loop, sizeof loop);
    ck_assert_int_eq(recording.end, STEP_EXITED);
    ck_assert_int_eq(recording.end_number, 7);
    ck_assert_uint_eq(recording.count, LOOP_STEPS);
    ck_assert_uint_eq(recording.instruction_count, 11);
    recording_cursor_open(&cursor, &recording);
    while (recording_cursor_forward(&cursor, &record_)) {
        size_t position = 0;
        while (recording_next_piece(&record_, &position, &piece)) {
            memory += piece.kind == STEP_PIECE_MEMORY;
            vectors += piece.kind == STEP_PIECE_VECTOR;
            calls += piece.kind == STEP_PIECE_CALL;
        }
        ck_assert_uint_eq(position, record_.pieces_size);
        ck_assert_ptr_nonnull(record_.instruction);
        ck_assert_uint_eq(record_.before.value[STEP_rip], record_.instruction->address);
    }
    /* push and the store, with a new value each time. */
    ck_assert_uint_eq(memory, (size_t)2 * TIMES);
    ck_assert_uint_eq(vectors, TIMES);
    ck_assert_uint_eq(calls, 1);
    ck_assert_uint_eq(cursor.registers.value[STEP_rbx], (size_t)TIMES * (TIMES + 1) / 2);
    ck_assert_uint_eq(cursor.registers.value[STEP_rdi], 7);
    recording_free(&recording);
    assert_no_child();
}
END_TEST

START_TEST(stepping_back_undoes_stepping_forward)
{
    struct step_recording recording = {0};
    struct step_cursor cursor;
    struct step_record forth, back;
    record(&recording, loop, sizeof loop);
    /* They are compared as bytes, padding included. */
    memset(&forth, 0, sizeof forth);
    memset(&back, 0, sizeof back);
    recording_cursor_open(&cursor, &recording);
    ck_assert(!recording_cursor_back(&cursor, &back));
    while (recording_cursor_forward(&cursor, &forth)) {
        ck_assert(recording_cursor_back(&cursor, &back));
        ck_assert_mem_eq(&forth, &back, sizeof forth);
        ck_assert(recording_cursor_forward(&cursor, &forth));
        ck_assert_mem_eq(&forth, &back, sizeof forth);
    }
    uint64_t count = 0;
    for (; recording_cursor_back(&cursor, &back); count++)
        ck_assert_mem_eq(&cursor.registers, &back.before, sizeof back.before);
    ck_assert_uint_eq(count, recording.count);
    ck_assert_mem_eq(&cursor.registers, &recording.start, sizeof recording.start);
    recording_free(&recording);
}
END_TEST

START_TEST(closing_a_stepper_kills_its_program)
{
    struct step_recording recording = {0};
    struct process_program program = make(forever, sizeof forever);
    struct elfgen_error error;
    int refused;
    struct stepper *stepper = stepper_open(&program, NULL, &recording, &refused, &error);
    ck_assert_ptr_nonnull(stepper);
    pid_t id = stepper_id(stepper);
    for (int i = 0; i < 100; i++) {
        ck_assert_int_eq(stepper_next(stepper), STEP_GOES_ON);
        ck_assert_uint_eq(stepper_now(stepper)->value[STEP_rip], recording.files[0].entry);
    }
    ck_assert_int_eq(kill(id, 0), 0);
    stepper_close(stepper);
    ck_assert_int_eq(kill(id, 0), -1);
    assert_no_child();
    unlink(path);
    ck_assert_uint_eq(recording.count, 100);
    ck_assert_uint_eq(recording.instruction_count, 1);
    recording_free(&recording);
    stepper_close(NULL);
}
END_TEST

START_TEST(a_full_recording_stops_the_run_and_has_all_its_records)
{
    struct step_recording recording = {.most = 10000};
    struct step_cursor cursor;
    struct step_record record_;
    uint64_t count = 0;
    record(&recording, loop, sizeof loop);
    ck_assert_int_eq(recording.end, STEP_FULL);
    ck_assert_uint_gt(recording.size, 10000);
    ck_assert_uint_lt(recording.size, 11000);
    recording_cursor_open(&cursor, &recording);
    while (recording_cursor_forward(&cursor, &record_))
        count++;
    ck_assert_uint_eq(count, recording.count);
    assert_no_child();
    recording_free(&recording);
}
END_TEST

START_TEST(a_program_that_others_kill_has_ended)
{
    struct step_recording recording = {0};
    struct process_program program = make(forever, sizeof forever);
    struct elfgen_error error;
    int refused;
    struct stepper *stepper = stepper_open(&program, NULL, &recording, &refused, &error);
    ck_assert_ptr_nonnull(stepper);
    ck_assert_int_eq(stepper_next(stepper), STEP_GOES_ON);
    kill(stepper_id(stepper), SIGKILL);
    enum step_answer answer = STEP_GOES_ON;
    for (int i = 0; i < 3 && answer == STEP_GOES_ON; i++)
        answer = stepper_next(stepper);
    ck_assert_int_eq(answer, STEP_ENDED);
    ck_assert_int_eq(recording.end, STEP_KILLED);
    ck_assert_int_eq(recording.end_number, SIGKILL);
    ck_assert_int_eq(stepper_next(stepper), STEP_ENDED);
    stepper_close(stepper);
    assert_no_child();
    unlink(path);
    recording_free(&recording);
}
END_TEST

START_TEST(a_program_that_cannot_be_started_is_refused_with_its_errno)
{
    static char nothing[] = "/nothing/there";
    char *only[] = {nothing, NULL};
    struct process_program program = {.path = nothing, .arguments = only};
    struct step_recording recording = {0};
    struct elfgen_error error = {0};
    int refused = 0;
    sigemptyset(&program.ignored);
    ck_assert_ptr_null(stepper_open(&program, NULL, &recording, &refused, &error));
    ck_assert_int_eq(refused, ENOENT);
    assert_no_child();
    recording_free(&recording);
}
END_TEST

START_TEST(dropping_records_makes_room_for_the_run_to_continue)
{
    struct step_recording recording = {0};
    struct process_program program = make(loop, sizeof loop);
    struct elfgen_error error;
    int refused;
    uint64_t count = 0;
    struct stepper *stepper = stepper_open(&program, NULL, &recording, &refused, &error);
    ck_assert_ptr_nonnull(stepper);
    struct step_cursor cursor;
    struct step_record record_;
    recording_cursor_open(&cursor, &recording);
    enum step_answer answer;
    do {
        answer = stepper_next(stepper);
        while (recording_cursor_forward(&cursor, &record_))
            count++;
        recording_drop_records(&recording);
        cursor.index = cursor.at = 0;
        ck_assert_uint_le(recording.room, 65536);
    } while (answer == STEP_GOES_ON);
    ck_assert_uint_eq(count, LOOP_STEPS);
    ck_assert_uint_eq(cursor.registers.value[STEP_rbx], (size_t)TIMES * (TIMES + 1) / 2);
    stepper_close(stepper);
    unlink(path);
    recording_free(&recording);
}
END_TEST

/* ---- JSON ---- */

struct document {
    char *bytes;
    size_t size;
};

static void take(struct elfgen_text *text)
{
    struct document *document = text->context;
    document->bytes = realloc(document->bytes, document->size + text->length + 1);
    memcpy(document->bytes + document->size, text->bytes, text->length);
    document->size += text->length;
    text->length = 0;
}

static struct document write_document(const struct step_recording *recording)
{
    struct document document = {0};
    char buffer[256];
    struct elfgen_text text = {
        .bytes = buffer, .capacity = sizeof buffer, .flush = take, .context = &document};
    struct step_machines *machines = calloc(1, sizeof *machines);
    step_machines_open(machines);
    step_write_json(&text, machines, recording, SIZE_MAX);
    take(&text);
    free(machines);
    return document;
}

START_TEST(a_document_is_read_back_and_written_unchanged)
{
    struct step_recording first = {0}, second = {0};
    struct elfgen_error error = {0};
    record(&first, loop, sizeof loop);
    struct document once = write_document(&first);
    bool read = step_read_json(&second, once.bytes, once.size, &error);
    ck_assert_msg(read, "%s", error.text);
    struct document again = write_document(&second);
    ck_assert_uint_eq(once.size, again.size);
    ck_assert_mem_eq(once.bytes, again.bytes, once.size);
    ck_assert_uint_eq(first.size, second.size);
    ck_assert_mem_eq(first.records, second.records, first.size);
    recording_free(&second);
    /* A name may have any bytes. */
    free(first.files[0].name);
    first.files[0].name = strdup("\x01\"\\\x7f\x80\xc3\xff");
    struct document odd = write_document(&first);
    ck_assert(step_read_json(&second, odd.bytes, odd.size, &error));
    ck_assert_str_eq(first.files[0].name, second.files[0].name);
    recording_free(&first);
    recording_free(&second);
    free(once.bytes);
    free(again.bytes);
    free(odd.bytes);
}
END_TEST

START_TEST(damaged_documents_are_refused_or_read)
{
    struct step_recording recording = {0}, read = {0};
    struct elfgen_error error;
    uint64_t random = 7;
    size_t refused = 0;
    record(&recording, loop, sizeof loop);
    recording.count = 20; /* the first records are enough */
    struct document document = write_document(&recording);
    for (int i = 0; i < 2000; i++) {
        char *copy = malloc(document.size);
        memcpy(copy, document.bytes, document.size);
        size_t size = i % 4 == 0 ? next_random(&random) % document.size : document.size;
        for (int j = 0; j < 3; j++)
            copy[next_random(&random) % document.size] = (char)next_random(&random);
        error.text[0] = '\0';
        bool good = step_read_json(&read, copy, size, &error);
        ck_assert(good || error.text[0] != '\0');
        ck_assert(good || !read.files);
        refused += !good;
        recording_free(&read);
        free(copy);
    }
    ck_assert_uint_gt(refused, 1000);
    free(document.bytes);
    recording.count = 0;
    recording_free(&recording);
}
END_TEST

/* ---- effects ---- */

/* Decoders for 64-bit and 32-bit code, and registers from which addresses are computed. */
struct at_work {
    struct x86 *machines[2];
    struct effects_state state;
};

static struct at_work at_work(void)
{
    struct at_work work = {.state = {.next = 0x5000, .fs_base = 0x100000, .gs_base = 0x200000}};
    for (int i = 0; i < 2; i++) {
        work.machines[i] = calloc(1, sizeof *work.machines[i]);
        ck_assert(x86_open(work.machines[i], i ? ELFGEN_EM_386 : ELFGEN_EM_X86_64, SYNTAX_INTEL));
    }
    work.state.general[0] = 0x40000000;            /* rax */
    work.state.general[1] = 0x100;                 /* rcx */
    work.state.general[3] = 0x3000;                /* rbx */
    work.state.general[4] = 0x8000;                /* rsp */
    work.state.general[5] = 0x7000;                /* rbp */
    work.state.general[6] = UINT64_C(1) << 32 | 9; /* rsi */
    work.state.general[7] = 0x6000;                /* rdi */
    return work;
}

static void end_work(struct at_work *work)
{
    free(work->machines[0]);
    free(work->machines[1]);
}

START_TEST(the_address_and_size_that_an_instruction_writes_are_known)
{
    static const struct {
        uint8_t bytes[12], length;
        bool narrow;
        uint16_t size;
        uint64_t address;
    } cases[] = {
        {{0x50}, 1, false, 8, 0x7ff8},                                   /* push rax */
        {{0x66, 0x50}, 2, false, 2, 0x7ffe},                             /* push ax */
        {{0x50}, 1, true, 4, 0x7ffc},                                    /* push eax */
        {{0xe8, 0, 0, 0, 0}, 5, false, 8, 0x7ff8},                       /* call */
        {{0x8f, 0x04, 0x24}, 3, false, 8, 0x8008},                       /* pop [rsp] */
        {{0x88, 0x44, 0x8b, 0x10}, 4, false, 1, 0x3410},                 /* mov [rbx+rcx*4+16],al */
        {{0x64, 0x88, 0x03}, 3, false, 1, 0x103000},                     /* mov fs:[rbx],al */
        {{0x65, 0x88, 0x03}, 3, false, 1, 0x203000},                     /* mov gs:[rbx],al */
        {{0x88, 0x05, 8, 0, 0, 0}, 6, false, 1, 0x5000 + 8},             /* mov [rip+8],al */
        {{0x0f, 0xab, 0x03}, 3, false, 4, 0x3000 + 0x40000000 / 32 * 4}, /* bts [rbx],eax */
        {{0x67, 0x88, 0x06}, 3, false, 1, 0x9},                          /* mov [esi],al */
        {{0xaa}, 1, false, 1, 0x6000},                                   /* stosb */
        {{0x48, 0xab}, 2, false, 8, 0x6000},                             /* stosq */
    };
    struct at_work work = at_work();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct effects effects;
        ck_assert(
            effects_of(work.machines[cases[i].narrow], cases[i].bytes, cases[i].length, &effects));
        ck_assert_uint_eq(effects.write_count, 1);
        ck_assert_uint_eq(effects_address(&effects.writes[0], &work.state), cases[i].address);
        ck_assert_uint_eq(effects.writes[0].size, cases[i].size);
    }
    end_work(&work);
}
END_TEST

START_TEST(the_address_and_size_that_an_instruction_reads_are_known)
{
    static const struct {
        uint8_t bytes[12], length;
        bool narrow;
        uint16_t size; /* 0: it reads nothing */
        uint64_t address;
    } cases[] = {
        {{0x58}, 1, false, 8, 0x8000},                                   /* pop rax */
        {{0x58}, 1, true, 4, 0x8000},                                    /* pop eax */
        {{0xc3}, 1, false, 8, 0x8000},                                   /* ret */
        {{0xc9}, 1, false, 8, 0x7000},                                   /* leave */
        {{0x8a, 0x44, 0x8b, 0x10}, 4, false, 1, 0x3410},                 /* mov al,[rbx+rcx*4+16] */
        {{0x64, 0x8a, 0x03}, 3, false, 1, 0x103000},                     /* mov al,fs:[rbx] */
        {{0x8a, 0x05, 8, 0, 0, 0}, 6, false, 1, 0x5000 + 8},             /* mov al,[rip+8] */
        {{0x00, 0x03}, 2, false, 1, 0x3000},                             /* add [rbx],al */
        {{0x0f, 0xa3, 0x03}, 3, false, 4, 0x3000 + 0x40000000 / 32 * 4}, /* bt [rbx],eax */
        {{0xff, 0x33}, 2, false, 8, 0x3000},                             /* push [rbx] */
        {{0xff, 0x23}, 2, false, 8, 0x3000},                             /* jmp [rbx] */
        {{0x67, 0xac}, 2, false, 1, 0x9},                                /* lodsb from [esi] */
        {{0xae}, 1, false, 1, 0x6000},                                   /* scasb */
        {{0xd7}, 1, false, 1, 0x3000},              /* xlat: al, the low byte of rax, is 0 */
        {{0x0f, 0x28, 0x03}, 3, false, 16, 0x3000}, /* movaps xmm0,[rbx] */
        {{0x88, 0x03}, 2, false, 0, 0},             /* mov [rbx],al */
        {{0x48, 0x8d, 0x03}, 3, false, 0, 0},       /* lea rax,[rbx] */
        {{0x0f, 0x1f, 0x03}, 3, false, 0, 0},       /* nop [rbx] */
        {{0x0f, 0x18, 0x0b}, 3, false, 0, 0},       /* prefetcht0 [rbx] */
        {{0x0f, 0x1a, 0x03}, 3, false, 0, 0},       /* nop [rbx], once bndldx */
        {{0x0f, 0xae, 0x3b}, 3, false, 0, 0},       /* clflush [rbx] */
    };
    struct at_work work = at_work();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct effects effects;
        ck_assert(
            effects_of(work.machines[cases[i].narrow], cases[i].bytes, cases[i].length, &effects));
        ck_assert_msg(effects.read_count == (cases[i].size > 0), "case %zu: %u reads", i,
                      (unsigned)effects.read_count);
        if (effects.read_count == 0)
            continue;
        ck_assert_msg(effects_address(&effects.reads[0], &work.state) == cases[i].address,
                      "case %zu", i);
        ck_assert_uint_eq(effects.reads[0].size, cases[i].size);
    }
    end_work(&work);
}
END_TEST

START_TEST(a_repeated_instruction_whose_count_is_0_touches_nothing)
{
    static const uint8_t movs[] = {0xf3, 0xa4}, narrow[] = {0x67, 0xf3, 0xa4}, once[] = {0xa4};
    struct at_work work = at_work();
    struct effects effects;
    ck_assert(effects_of(work.machines[0], movs, sizeof movs, &effects));
    ck_assert_uint_eq(effects.read_count, 1);
    ck_assert_uint_eq(effects.write_count, 1);
    ck_assert(!effects_is_idle(&effects, &work.state));
    work.state.general[1] = UINT64_C(1) << 32;
    ck_assert(!effects_is_idle(&effects, &work.state));
    ck_assert(effects_of(work.machines[0], narrow, sizeof narrow, &effects));
    ck_assert(effects_is_idle(&effects, &work.state));
    work.state.general[1] = 0;
    ck_assert(effects_of(work.machines[0], once, sizeof once, &effects));
    ck_assert(!effects_is_idle(&effects, &work.state));
    end_work(&work);
}
END_TEST

/* A piece of each kind, with what its row says that it has. */
static const struct {
    struct step_piece piece;
    const char *bytes, *json, *text;
} pieces[STEP_PIECE_KINDS] = {
    {{.kind = STEP_PIECE_MEMORY, .value = 0x40, .size = 2},
     "\1\2\3\4",
     "\"memory\",\"address\":\"0x40\",\"from\":\"0102\",\"to\":\"0304\"",
     "[0x40]: 01 02 -> 03 04\n"},
    {{.kind = STEP_PIECE_VECTOR, .number = STEP_MXCSR, .size = 1},
     "\1\2",
     "\"vector\",\"register\":51,\"name\":\"mxcsr\",\"from\":\"01\",\"to\":\"02\"",
     "mxcsr: 01 -> 02\n"},
    {{.kind = STEP_PIECE_CALL, .value = 4, .number = CALL_I386, .size = 6},
     "write",
     "\"call\",\"abi\":\"i386\",\"number\":\"0x4\",\"name\":\"write\"",
     "asks the kernel: write (4) of "},
    {{.kind = STEP_PIECE_ARGUMENT, .number = 1, .value = 16, .size = 9},
     "buf\0\"hi\"",
     "\"argument\",\"index\":1,\"value\":\"0x10\",\"name\":\"buf\",\"text\":\"\\\"hi\\\"\"",
     "buf=0x10 \"hi\"\n"},
    {{.kind = STEP_PIECE_ANSWER, .value = UINT64_MAX, .size = 6},
     "EPERM",
     "\"answer\",\"value\":\"0xffffffffffffffff\",\"text\":\"EPERM\"",
     "the kernel answers: -1 EPERM\n"},
    {{.kind = STEP_PIECE_OUTPUT, .number = 2, .size = 3},
     "a\n\0",
     "\"output\",\"descriptor\":2,\"bytes\":\"610a00\"",
     "output 2: \"a\\n\\x00\"\n"},
    {{.kind = STEP_PIECE_SIGNAL, .number = 11, .size = 1, .value = 16},
     NULL,
     "\"signal\",\"signal\":11,\"code\":\"0x1\",\"address\":\"0x10\",\"signal_name\":\"SIGSEGV\"",
     "SIGSEGV comes, at CPL 3\n"},
    {{.kind = STEP_PIECE_FILE, .value = 1},
     NULL,
     "\"program\",\"file\":1",
     "another program takes its place: /bin/b\n"},
    {{.kind = STEP_PIECE_NOTE, .size = 10},
     "it is odd",
     "\"note\",\"text\":\"it is odd\"",
     "it is odd\n"},
};

static void assert_written(const struct step_recording *recording, struct step_machines *machines,
                           struct elfgen_text *document)
{
    ck_assert(memory_text_open(document));
    ck_assert_uint_eq(step_write_json(document, machines, recording, SIZE_MAX), recording->count);
    elfgen_text_char(document, '\0');
    ck_assert(!document->cut);
}

START_TEST(a_document_has_as_many_steps_as_fit_and_then_says_so)
{
    struct step_recording first = {0}, second = {0};
    struct step_machines machines = {0};
    struct elfgen_text whole, part;
    struct elfgen_error error = {0};
    record(&first, loop, sizeof loop);
    step_machines_open(&machines);
    ck_assert(memory_text_open(&whole) && memory_text_open(&part));
    ck_assert_uint_eq(step_write_json(&whole, &machines, &first, SIZE_MAX), first.count);
    ck_assert_uint_gt(first.count, 4);
    for (size_t most = whole.length + 200; most > whole.length - 400; most -= 50) {
        part.length = 0;
        uint64_t count = step_write_json(&part, &machines, &first, most);
        ck_assert_uint_le(part.length, most);
        ck_assert(most < whole.length + 200 || count == first.count);
        ck_assert(step_read_json(&second, part.bytes, part.length, &error));
        ck_assert_uint_eq(second.count, count);
        ck_assert_int_eq(second.end, count < first.count ? STEP_FULL : first.end);
        recording_free(&second);
    }
    ck_assert_uint_lt(step_write_json(&part, &machines, &first, whole.length - 400), first.count);
    ck_assert_uint_eq(step_write_json(&part, &machines, &first, 1), 0);
    free(whole.bytes);
    free(part.bytes);
    recording_free(&first);
}
END_TEST

START_TEST(a_piece_of_each_kind_is_printed_written_and_read_back)
{
    const struct step_piece *piece = &pieces[_i].piece;
    struct step_recording recording = {0}, again = {0};
    struct step_machines machines = {0};
    struct elfgen_text document, second, text;
    struct elfgen_error error;
    struct step_cursor cursor;
    struct step_record record;
    char expected[200];
    ck_assert_int_eq(piece->kind, _i);
    recording_add_file(&recording, "/bin/a", 6);
    recording_add_file(&recording, "/bin/b", 6);
    recording.start.value[STEP_cs] = 0x33;
    recording_begin_record(&recording, STEP_SIGNAL, STEP_NONE, &recording.start, &recording.start);
    const uint8_t *bytes = (const uint8_t *)pieces[_i].bytes;
    struct step_piece whole = *piece;
    whole.bytes = bytes;
    if (piece->kind == STEP_PIECE_MEMORY || piece->kind == STEP_PIECE_VECTOR)
        recording_add_change(&recording, piece, bytes, bytes + piece->size);
    else
        recording_add_piece(&recording, &whole);
    recording_end_record(&recording);
    step_machines_open(&machines);
    assert_written(&recording, &machines, &document);
    snprintf(expected, sizeof expected, "\"pieces\":[{\"kind\":%s}]}", pieces[_i].json);
    if (!strstr(document.bytes, expected))
        ck_abort_msg("%s\nis not in\n%s", expected, document.bytes);
    ck_assert_msg(step_read_json(&again, document.bytes, document.length - 1, &error), "%s",
                  error.text);
    assert_written(&again, &machines, &second);
    ck_assert_str_eq(document.bytes, second.bytes);
    recording_cursor_open(&cursor, &again);
    ck_assert(recording_cursor_forward(&cursor, &record));
    ck_assert(memory_text_open(&text));
    step_put_changes(&text, &machines, &record, &again, 100, 0);
    elfgen_text_char(&text, '\0');
    if (!strstr(text.bytes, pieces[_i].text))
        ck_abort_msg("%s\nis not in\n%s", pieces[_i].text, text.bytes);
    free(text.bytes);
    free(document.bytes);
    free(second.bytes);
    recording_free(&recording);
    recording_free(&again);
}
END_TEST

static Suite *stepper_suite(void)
{
    Suite *suite = suite_create("stepper");
    TCase *cases = tcase_create("step");
    tcase_add_test(cases, each_instruction_has_a_record_and_the_recording_ends_as_the_program_does);
    tcase_add_test(cases, stepping_back_undoes_stepping_forward);
    tcase_add_test(cases, closing_a_stepper_kills_its_program);
    tcase_add_test(cases, a_full_recording_stops_the_run_and_has_all_its_records);
    tcase_add_test(cases, a_program_that_others_kill_has_ended);
    tcase_add_test(cases, a_program_that_cannot_be_started_is_refused_with_its_errno);
    tcase_add_test(cases, dropping_records_makes_room_for_the_run_to_continue);
    tcase_add_test(cases, a_document_has_as_many_steps_as_fit_and_then_says_so);
    tcase_add_test(cases, a_document_is_read_back_and_written_unchanged);
    tcase_add_test(cases, damaged_documents_are_refused_or_read);
    tcase_add_test(cases, the_address_and_size_that_an_instruction_writes_are_known);
    tcase_add_test(cases, the_address_and_size_that_an_instruction_reads_are_known);
    tcase_add_test(cases, a_repeated_instruction_whose_count_is_0_touches_nothing);
    tcase_add_loop_test(cases, a_piece_of_each_kind_is_printed_written_and_read_back, 0,
                        STEP_PIECE_KINDS);
    suite_add_tcase(suite, cases);
    return suite;
}

RUN_SUITE(stepper_suite)
