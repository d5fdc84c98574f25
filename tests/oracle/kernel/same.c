/* kernel-same [--count N] [--seed S] [--jobs J] [--user] [--system]: asks the running kernel and
 * the core's model of it (elfgen/kernel.h) about the same files, and compares verdict, errno,
 * signal, address of the first instruction and memory. Prints "N cases, M disagree". A case that
 * disagrees is reduced and printed as hex source. Exit status: 0 if none disagrees, 1 if some do,
 * 2 for a usage error, 77 if this machine does not allow the comparison, after saying why.
 *
 * Without --system, the files are N (20000) generated programs; with it, the ELF files of /usr/bin.
 * --user (for root) starts the programs without root's privileges. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <grp.h>
#include <inttypes.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ptrace/host.h"
#include "support/lecture.h"
#include "agree.h"
#include "mutants.h"

static struct elfgen_kernel_machine machine;
static FILE *report;

/* ---- one case ---- */

static bool put_file(const char *name, const uint8_t *bytes, size_t size)
{
    int file = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
    bool good = file >= 0 && file_write(file, bytes, size);
    if (file >= 0)
        close(file);
    return good;
}

static bool compare(const struct mutant *mutant, struct elfgen_kernel_answer *answer, char *why,
                    size_t room)
{
    static struct asked asked;
    static struct truth truth;
    if (!put_file("x", mutant->bytes, mutant->size)) {
        snprintf(why, room, "cannot write the file: %s", strerror(errno));
        return false;
    }
    if (mutant->interpreter_size > 0)
        put_file("i", mutant->interpreter, mutant->interpreter_size);
    else
        unlink("i");
    if (!truth_ask("./x", &truth)) {
        snprintf(why, room, "cannot be asked");
        return false;
    }
    ask_model(&machine, mutant->bytes, mutant->size, &asked);
    if (answer)
        *answer = asked.answer;
    return agree(&asked, &truth, why, room);
}

/* Writes the suggested value into its field. */
static void write_suggestion(uint8_t *bytes, const struct elfgen_kernel_answer *answer)
{
    unsigned class_ = answer->class_ == ELFGEN_CLASS64;
    for (int id = ELFGEN_STRUCTURE_ehdr; id <= ELFGEN_STRUCTURE_phdr; id++)
        for (unsigned i = 0; i < elfgen_structures[id].count; i++) {
            const struct elfgen_field *field = &elfgen_structures[id].fields[i];
            if (strcmp(field->name, answer->field) == 0)
                elfgen_field_set(field, answer->class_, ELFGEN_LITTLE_ENDIAN,
                                 bytes + answer->offset - field->offset[class_], answer->would);
        }
}

/* For a good program with one byte or field changed that is refused or killed: after writing the
 * value that the model suggests, the answer differs, or is the same at a later check. */
static bool compare_suggestion(struct mutant *mutant, const struct elfgen_kernel_answer *before,
                               char *why, size_t room)
{
    struct elfgen_kernel_answer after;
    uint8_t old[8];
    if (before->verdict != ELFGEN_REFUSED && before->verdict != ELFGEN_KILLED)
        return true;
    /* If a program header overlaps the ELF header, there may be no suggestion. */
    if (!before->offers && before->segment != 0xffff && before->offset < 64)
        return true;
    /* A header that is right for another processor: nobody knows that it is not meant. */
    if (before->advice == ELFGEN_ADVICE_emulator || before->advice == ELFGEN_ADVICE_processor ||
        before->advice == ELFGEN_ADVICE_no_x32)
        return true;
    if (!before->offers) {
        snprintf(why, room, "%s: nothing is offered", elfgen_kernel_checks[before->check].name);
        return false;
    }
    size_t at = (size_t)before->offset, width = mutant->size - at < 8 ? mutant->size - at : 8;
    memcpy(old, mutant->bytes + at, width);
    write_suggestion(mutant->bytes, before);
    bool same = compare(mutant, &after, why, room);
    if (same && after.verdict == before->verdict && after.check <= before->check) {
        snprintf(why, room, "%s: the %" PRIu64 " offered for %s leads to %s",
                 elfgen_kernel_checks[before->check].name, before->would, before->field,
                 elfgen_kernel_checks[after.check].name);
        same = false;
    }
    memcpy(mutant->bytes + at, old, width);
    return same;
}

/* ---- reducing and printing a case that disagrees ---- */

/* Zeroes bytes and shortens the file as long as the case still disagrees. */
static void reduce(struct mutant *mutant)
{
    static struct mutant smaller;
    char why[256];
    for (size_t step = MUTANT_ROOM / 2; step > 0; step /= 2) {
        for (size_t at = 0; at < mutant->size; at += step) {
            size_t size = mutant->size - at < step ? mutant->size - at : step;
            bool zero = true;
            for (size_t i = 0; i < size; i++)
                zero &= mutant->bytes[at + i] == 0;
            smaller = *mutant;
            memset(smaller.bytes + at, 0, size);
            if (!zero && !compare(&smaller, NULL, why, sizeof why))
                *mutant = smaller;
        }
        smaller = *mutant;
        if (smaller.size > step) {
            smaller.size -= step;
            if (!compare(&smaller, NULL, why, sizeof why))
                *mutant = smaller;
        }
    }
}

static void print_hex(const char *name, const uint8_t *bytes, size_t size)
{
    size_t end = size;
    while (end > 0 && bytes[end - 1] == 0)
        end--;
    fprintf(report, "# %s, %zu bytes (zeros after these):\n", name, size);
    for (size_t i = 0; i < end; i++)
        fprintf(report, "%02x%s", bytes[i], i % 16 == 15 || i + 1 == end ? "\n" : " ");
}

static void report_case(struct mutant *mutant, uint64_t index, const char *first)
{
    char why[256];
    snprintf(why, sizeof why, "%s", first);
    fprintf(report, "# case %" PRIu64 ": %s\n", index, first);
    reduce(mutant);
    if (!compare(mutant, NULL, why, sizeof why))
        fprintf(report, "# reduced: %s\n", why);
    print_hex("program", mutant->bytes, mutant->size);
    if (mutant->interpreter_size > 0)
        print_hex("interpreter, \"i\"", mutant->interpreter, mutant->interpreter_size);
    fflush(report);
}

/* ---- all cases ---- */

struct orders {
    uint64_t count, seed;
    unsigned jobs;
    bool user, system;
};

enum { MOST_REPORTED = 5 };

/* Up to half of the cases are from the list: all of it, or evenly spread over it; the others are
 * random. Returns true if exactly one byte or field of a good program is changed. */
static bool make_case(const struct orders *orders, uint64_t index, struct mutant *mutant)
{
    uint64_t listed = mutant_listed(), share = orders->count / 2;
    if (index >= share || index >= listed)
        return mutant_random(orders->seed, index, mutant);
    if (share < listed)
        index = (index * (listed / share) + orders->seed * 7919) % listed;
    return mutant_from_list(index, mutant);
}

static uint64_t run_mutants(const struct orders *orders, unsigned job, uint64_t *disagree)
{
    static struct mutant mutant;
    uint64_t done = 0;
    char why[256];
    for (uint64_t i = job; i < orders->count; i += orders->jobs, done++) {
        struct elfgen_kernel_answer answer;
        bool one_change = make_case(orders, i, &mutant);
        if (compare(&mutant, &answer, why, sizeof why) &&
            (!one_change || compare_suggestion(&mutant, &answer, why, sizeof why)))
            continue;
        if (++*disagree <= MOST_REPORTED)
            report_case(&mutant, i, why);
    }
    return done;
}

static bool compare_file(const char *path, char *why, size_t room, bool *asked_it)
{
    static struct asked asked;
    static struct truth truth;
    struct file_bytes bytes = {0};
    struct stat status;
    bool same = true;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    *asked_it = file >= 0 && fstat(file, &status) == 0 && S_ISREG(status.st_mode) &&
                file_read(file, true, &bytes) && bytes.size > 4 &&
                memcmp(bytes.bytes, "\177ELF", 4) == 0;
    if (*asked_it) {
        same = truth_ask(path, &truth);
        ask_model(&machine, (const uint8_t *)bytes.bytes, bytes.size, &asked);
        same = same && agree(&asked, &truth, why, room);
    }
    file_free(&bytes);
    if (file >= 0)
        close(file);
    return same;
}

static uint64_t run_system(const struct orders *orders, unsigned job, uint64_t *disagree)
{
    uint64_t done = 0, number = 0;
    char path[4096], why[256];
    DIR *folder = opendir("/usr/bin");
    const struct dirent *entry;
    while (folder && (entry = readdir(folder))) {
        bool asked_it;
        if (number++ % orders->jobs != job)
            continue;
        snprintf(path, sizeof path, "/usr/bin/%s", entry->d_name);
        bool same = compare_file(path, why, sizeof why, &asked_it);
        done += asked_it;
        if (!same && ++*disagree <= MOST_REPORTED)
            fprintf(report, "# %s: %s\n", path, why);
    }
    if (folder)
        closedir(folder);
    return done;
}

struct result {
    uint64_t done, disagree;
};

/* A job: a separate process in a separate folder. */
static int work(const struct orders *orders, unsigned job, const char *folder, int results)
{
    struct result result = {0};
    int out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 10);
    report = fdopen(out, "w");
    if (!report || chdir(folder) != 0)
        return 2;
    truth_prepare();
    if (orders->user && (setgroups(0, NULL) != 0 || setresgid(65534, 65534, 65534) != 0 ||
                         setresuid(65534, 65534, 65534) != 0))
        return 2;
    host_machine(&machine);
    result.done = orders->system ? run_system(orders, job, &result.disagree)
                                 : run_mutants(orders, job, &result.disagree);
    unlink("x");
    unlink("i");
    fclose(report);
    return write(results, &result, sizeof result) == (ssize_t)sizeof result ? 0 : 2;
}

static bool start_jobs(const struct orders *orders, int results, char folders[][64])
{
    const char *base = getenv("TMPDIR");
    bool good = true;
    for (unsigned job = 0; job < orders->jobs && good; job++) {
        snprintf(folders[job], sizeof folders[job], "%.40s/kernel-same-XXXXXX",
                 base && strlen(base) < 40 ? base : "/tmp");
        good = mkdtemp(folders[job]) != NULL &&
               (!orders->user || chown(folders[job], 65534, 65534) == 0);
        pid_t pid = good ? fork() : -1;
        if (pid == 0)
            _exit(work(orders, job, folders[job], results));
        good &= pid > 0;
    }
    return good;
}

static bool run(const struct orders *orders)
{
    char folders[64][64] = {{0}};
    int results[2], status;
    struct result all = {0}, one;
    if (pipe2(results, O_CLOEXEC) != 0)
        return false;
    bool good = start_jobs(orders, results[1], folders);
    close(results[1]);
    while (wait(&status) > 0)
        good &= WIFEXITED(status) && WEXITSTATUS(status) == 0;
    while (read(results[0], &one, sizeof one) == (ssize_t)sizeof one) {
        all.done += one.done;
        all.disagree += one.disagree;
    }
    close(results[0]);
    for (unsigned job = 0; job < orders->jobs; job++)
        if (folders[job][0])
            rmdir(folders[job]);
    if (!good)
        puts("a job ended early");
    printf("%" PRIu64 " cases, %" PRIu64 " disagree\n", all.done, all.disagree);
    return good && all.disagree == 0 && all.done > 0;
}

/* Whether a process can be traced up to its first instruction here: tries with the lecture's
 * program. */
static bool can_ask(void)
{
    static struct truth truth;
    char folder[] = "/tmp/kernel-same-XXXXXX", path[64] = "";
    bool asked = false;
    pid_t pid = mkdtemp(folder) ? fork() : -1;
    if (pid == 0) {
        snprintf(path, sizeof path, "%s/x", folder);
        truth_prepare();
        asked = put_file(path, lecture_file, sizeof lecture_file) && truth_ask(path, &truth) &&
                truth.verdict == ELFGEN_STARTS && truth.count > 0;
        unlink(path);
        _exit(asked ? 0 : 1);
    }
    int status = -1;
    if (pid > 0 && waitpid(pid, &status, 0) == pid)
        asked = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    rmdir(folder);
    return asked;
}

int main(int argc, char **argv)
{
    enum { CANNOT_ASK = 77 };
    static const struct option options[] = {
        {"count", required_argument, NULL, 'c'}, {"seed", required_argument, NULL, 's'},
        {"jobs", required_argument, NULL, 'j'},  {"user", no_argument, NULL, 'u'},
        {"system", no_argument, NULL, 'S'},      {NULL, 0, NULL, 0}};
    struct orders orders = {.count = 20000, .seed = 1, .jobs = 1};
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 'c')
            orders.count = strtoull(optarg, NULL, 10);
        else if (option == 's')
            orders.seed = strtoull(optarg, NULL, 10);
        else if (option == 'j')
            orders.jobs = (unsigned)strtoul(optarg, NULL, 10);
        else if (option == 'u')
            orders.user = true;
        else if (option == 'S')
            orders.system = true;
        else
            return 2;
    }
    if (orders.jobs < 1 || orders.jobs > 64 || orders.count < 1)
        return 2;
    setvbuf(stdout, NULL, _IONBF, 0);
    if (!can_ask()) {
        puts("skipped: this machine does not let a program be traced (ptrace), or not start one in "
             "/tmp");
        return CANNOT_ASK;
    }
    return run(&orders) ? 0 : 1;
}
