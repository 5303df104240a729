package dev.foretoken.scheduler;

import dev.foretoken.contract.runtime.StepPlan;

/**
 * The LoRA adapter of a request.
 *
 * @param number that rows name it by
 * @param key no other adapter that was ever loaded has it, whatever its name: part of every prefix key
 */
public record AdapterUse(int number, String key) {
    public static final AdapterUse NONE = new AdapterUse(StepPlan.NO_ADAPTER, "");
}
