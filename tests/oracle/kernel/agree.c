/* Asks the model, and compares verdict, errno, signal, first instruction and memory. */
#include "agree.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ptrace/host.h"

void ask_model(const struct elfgen_kernel_machine *machine, const uint8_t *bytes, size_t size,
               struct asked *asked)
{
    struct elfgen_kernel_answer *answer = &asked->answer;
    asked->map.areas = asked->areas;
    asked->map.capacity = sizeof asked->areas / sizeof asked->areas[0];
    elfgen_kernel_ask(bytes, size, machine, NULL, answer, &asked->map);
    asked->interpreted = answer->asks;
    /* The interpreter's file matters only if the other headers are good. */
    if (!asked->interpreted || answer->verdict == ELFGEN_REFUSED)
        return;
    char path[4097] = "";
    memcpy(path, bytes + answer->path_offset, answer->path_length);
    path[answer->path_length] = '\0';
    struct file_bytes opened = {0};
    int error = host_open_interpreter(path, &opened);
    if (error == HOST_NOT_READ)
        return;
    struct elfgen_kernel_file file = {(const uint8_t *)opened.bytes, opened.size, error};
    elfgen_kernel_ask(bytes, size, machine, &file, answer, &asked->map);
    file_free(&opened);
}

static enum truth_own own_of(enum elfgen_kernel_area_kind kind)
{
    return kind == ELFGEN_AREA_VDSO ? OWN_CODE : kind == ELFGEN_AREA_VVAR ? OWN_DATA : NOT_OWN;
}

/* Whether the kernel has the model's area, by pages, permissions and which of them are there. */
static bool has_area(const struct truth *truth, const struct elfgen_kernel_area *area, uint64_t by)
{
    uint64_t at = area->start + by, end = area->end + by, missing = area->missing + by;
    for (unsigned j = 0; j < truth->count && at < end; j++) {
        const struct truth_area *there = &truth->areas[j];
        if (there->start > at || there->end <= at || there->flags != area->flags ||
            there->own != own_of(area->kind))
            continue;
        uint64_t part_end = there->end < end ? there->end : end;
        uint64_t ours = missing < part_end ? missing : part_end;
        uint64_t theirs = there->missing < part_end ? there->missing : part_end;
        if (area->flags != 0 && (ours > at ? ours : at) != (theirs > at ? theirs : at))
            return false;
        at = there->end;
    }
    return at >= end;
}

/* Whether the kernel mapped exactly the model's areas. Where it chose another place for the program
 * than the model, the kernel's own pages may lie elsewhere. */
static bool same_memory(const struct asked *asked, const struct truth *truth, char *why,
                        size_t room)
{
    uint64_t shift = truth->first - asked->answer.entry, there = 0, ours = 0;
    for (unsigned i = 0; i < truth->count; i++)
        if (!truth->areas[i].own || shift == 0)
            there += truth->areas[i].end - truth->areas[i].start;
    for (uint64_t i = 0; i < asked->map.count; i++) {
        const struct elfgen_kernel_area *area = &asked->map.areas[i];
        if (own_of(area->kind) && shift != 0)
            continue;
        uint64_t by = area->kind == ELFGEN_AREA_STACK ? 0 : shift;
        ours += area->end - area->start;
        if (has_area(truth, area, by))
            continue;
        snprintf(why, room,
                 "the kernel has nothing like 0x%" PRIx64 "-0x%" PRIx64
                 " flags %u, there up to 0x%" PRIx64,
                 area->start + by, area->end + by, area->flags, area->missing + by);
        return false;
    }
    if (there == ours || truth->verdict == ELFGEN_FAULTS)
        return true;
    snprintf(why, room, "the kernel has 0x%" PRIx64 " bytes, the model 0x%" PRIx64, there, ours);
    return false;
}

static bool is_crossing(enum elfgen_kernel_check_id check)
{
    return check == ELFGEN_CHECK_crosses_nothing || check == ELFGEN_CHECK_crosses_not_executable ||
           check == ELFGEN_CHECK_crosses_past_end;
}

/* Whether the kernel put an ET_DYN elsewhere than the model, at a multiple of a huge page, and the
 * first instruction is not in it: what is below it there is then not what is below it here. */
static bool is_elsewhere(const struct elfgen_kernel_answer *answer, const struct truth *truth)
{
    return answer->bias != 0 && truth->first != 0 && truth->first != answer->entry &&
           (answer->check == ELFGEN_CHECK_first_vdso || answer->check == ELFGEN_CHECK_first_vvar ||
            answer->check == ELFGEN_CHECK_first_nothing);
}

bool agree(const struct asked *asked, const struct truth *truth, char *why, size_t room)
{
    const struct elfgen_kernel_answer *answer = &asked->answer;
    static const char *const names[] = {"starts", "faults", "killed", "refused"};
    if (is_elsewhere(answer, truth) && truth->verdict == ELFGEN_FAULTS)
        return true;
    /* Where the model cannot prove that an instruction goes on, it says nothing. */
    bool unproven = truth->crosses && answer->verdict == ELFGEN_STARTS;
    bool any_signal = answer->verdict == ELFGEN_FAULTS && answer->signal == 0;
    if (!unproven && (answer->verdict != truth->verdict || answer->error != truth->error ||
                      (answer->signal != truth->signal && !any_signal))) {
        snprintf(why, room, "model: %s, errno %d, signal %d (%s); kernel: %s, errno %d, signal %d",
                 names[answer->verdict], answer->error, answer->signal,
                 elfgen_kernel_checks[answer->check].name, names[truth->verdict], truth->error,
                 truth->signal);
        return false;
    }
    if (truth->verdict != ELFGEN_STARTS && truth->verdict != ELFGEN_FAULTS)
        return true;
    /* The address that the kernel chooses may depend on more than the model knows (huge pages). */
    if (asked->interpreted)
        return true;
    bool chosen = answer->bias != 0;
    if (truth->first != answer->entry && !chosen) {
        snprintf(why, room, "first instruction: model 0x%" PRIx64 ", kernel 0x%" PRIx64,
                 answer->entry, truth->first);
        return false;
    }
    if (truth->in_vdso != (answer->check == ELFGEN_CHECK_first_vdso) ||
        (is_crossing(answer->check) && !truth->crosses)) {
        snprintf(why, room, "the first instruction: model %s, kernel %s",
                 elfgen_kernel_checks[answer->check].name,
                 truth->in_vdso   ? "in the vDSO"
                 : truth->crosses ? "crosses"
                                  : "elsewhere");
        return false;
    }
    return same_memory(asked, truth, why, room);
}
