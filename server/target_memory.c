#include "server/target_memory.h"

/* Moves the first `count` entries one place back and puts `target` in front. */
static void put_first(struct target_memory *memory, size_t count, struct judged_target *target)
{
    for (size_t i = count; i > 0; i--)
        memory->recent[i] = memory->recent[i - 1];
    memory->recent[0] = target;
}

static struct judged_target *find(struct target_memory *memory, const struct sent_target *sent,
                                  int64_t now_s)
{
    for (size_t i = 0; i < TARGET_MEMORY_ENTRIES; i++) {
        struct judged_target *target = memory->recent[i];
        if (target != NULL && judged_target_answers(target, sent, now_s)) {
            put_first(memory, i, target);
            return target;
        }
    }
    return NULL;
}

static void add(struct target_memory *memory, struct judged_target *target)
{
    judged_target_release(memory->recent[TARGET_MEMORY_ENTRIES - 1]);
    put_first(memory, TARGET_MEMORY_ENTRIES - 1, judged_target_acquire(target));
}

struct judged_target *target_memory_judge(struct target_memory *memory, const struct policy *policy,
                                          const struct sent_target *sent, int64_t now_s)
{
    struct judged_target *target = find(memory, sent, now_s);
    if (target != NULL)
        return judged_target_acquire(target);
    target = judged_target_new(policy, sent, now_s);
    if (target->can_answer_again)
        add(memory, target);
    return target;
}

void target_memory_dispose(struct target_memory *memory)
{
    for (size_t i = 0; i < TARGET_MEMORY_ENTRIES; i++)
        judged_target_release(memory->recent[i]);
    *memory = (struct target_memory){.recent = {NULL}};
}
