/* Files with one way's bytes. */
#include "golf_made_run.h"

#include <elf.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BASE = 0x400000, HEADERS_64 = 64 + 56, HEADERS_32 = 52 + 32 };

static void add_choice(struct file *file, const struct golf_choice *choice)
{
    size_t start = file->size;
    memcpy(file->bytes + start, choice->bytes, choice->length);
    file->size += choice->length;
    for (size_t i = 0; i < choice->field_count; i++) {
        const struct golf_field *field = &choice->fields[i];
        file->fields[file->field_count].at = file->size;
        file->fields[file->field_count].start = (uint8_t)(start + field->offset);
        file->fields[file->field_count++].field = *field;
    }
    if (choice->followed_by != GOLF_NONE) {
        file->text = file->size;
        memcpy(file->bytes + file->size, text, TEXT_SIZE);
        file->size += TEXT_SIZE;
    }
}

static void fill_fields(struct file *file)
{
    for (size_t i = 0; i < file->field_count; i++) {
        const struct golf_field *field = &file->fields[i].field;
        uint64_t value = BASE + file->text + (uint64_t)field->addend;
        if (field->kind == GOLF_RELATIVE_FIELD)
            value -= BASE + file->fields[i].at;
        if (field->kind == GOLF_NEXT_FIELD)
            value = file->text == file->fields[i].at ? TEXT_SIZE : 0;
        memcpy(file->bytes + file->fields[i].start, &value, field->length);
    }
}

static void add_headers(struct file *file, unsigned bits)
{
    if (bits == 64) {
        Elf64_Ehdr header = {.e_ident = ELFMAG "\2\1\1",
                             .e_type = ET_EXEC,
                             .e_machine = EM_X86_64,
                             .e_version = 1,
                             .e_entry = BASE + HEADERS_64,
                             .e_phoff = 64,
                             .e_ehsize = 64,
                             .e_phentsize = 56,
                             .e_phnum = 1};
        Elf64_Phdr segment = {PT_LOAD, PF_R | PF_X, 0, BASE, BASE, MOST_FILE, MOST_FILE, 0x1000};
        memcpy(file->bytes, &header, sizeof header);
        memcpy(file->bytes + sizeof header, &segment, sizeof segment);
        file->size = HEADERS_64;
    } else {
        Elf32_Ehdr header = {.e_ident = ELFMAG "\1\1\1",
                             .e_type = ET_EXEC,
                             .e_machine = EM_386,
                             .e_version = 1,
                             .e_entry = BASE + HEADERS_32,
                             .e_phoff = 52,
                             .e_ehsize = 52,
                             .e_phentsize = 32,
                             .e_phnum = 1};
        Elf32_Phdr segment = {PT_LOAD, 0, BASE, BASE, MOST_FILE, MOST_FILE, PF_R | PF_X, 0x1000};
        memcpy(file->bytes, &header, sizeof header);
        memcpy(file->bytes + sizeof header, &segment, sizeof segment);
        file->size = HEADERS_32;
    }
}

void make_file(struct file *file, const struct golf_pieces *pieces, uint64_t *random)
{
    *file = (struct file){.text = 0};
    add_headers(file, pieces->bits);
    uint32_t at = pieces->blocks[0];
    for (int steps = 0; pieces->nodes[at].kind == GOLF_STEP; steps++) {
        const struct golf_node *node = &pieces->nodes[at];
        ck_assert_uint_gt(node->count, 0);
        ck_assert_int_lt(steps, 40);
        const struct golf_choice *choice =
            &pieces->choices[node->first + next_random(random) % node->count];
        add_choice(file, choice);
        at = choice->to;
    }
    if (!file->text) {
        file->text = file->size;
        memcpy(file->bytes + file->size, text, TEXT_SIZE);
        file->size += TEXT_SIZE;
    }
    fill_fields(file);
}

int run(const struct file *file, char *output, size_t room)
{
    int ends[2], status;
    int written = open("golfed", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);
    ck_assert_int_ge(written, 0);
    ck_assert_int_eq(write(written, file->bytes, MOST_FILE), MOST_FILE);
    close(written);
    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    pid_t child = fork();
    if (!child) {
        alarm(2);
        if (!output)
            close(1);
        else
            dup2(ends[1], 1);
        execl("./golfed", "./golfed", NULL);
        _exit(127);
    }
    close(ends[1]);
    if (output) {
        ssize_t size = read(ends[0], output, room - 1);
        output[size > 0 ? size : 0] = 0;
    }
    close(ends[0]);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

void enter_folder(void)
{
    static char folder[] = "/tmp/golf-shrink-XXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
}

void leave_folder(void)
{
    char folder[64];
    unlink("golfed");
    ck_assert_ptr_nonnull(getcwd(folder, sizeof folder));
    ck_assert_int_eq(chdir("/"), 0);
    rmdir(folder);
}

void run_some_ways(const struct golf_pieces *pieces)
{
    enum { RUNS = TIMES(30, 4) };
    uint64_t random = 84;
    enter_folder();
    for (int i = 0; i < RUNS; i++) {
        struct file file;
        char output[64];
        make_file(&file, pieces, &random);
        ck_assert_int_eq(run(&file, output, sizeof output), 0);
        ck_assert_str_eq(output, text);
    }
    leave_folder();
}
