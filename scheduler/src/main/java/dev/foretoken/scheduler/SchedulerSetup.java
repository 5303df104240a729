package dev.foretoken.scheduler;

import dev.foretoken.contract.runtime.CacheReservation;
import dev.foretoken.contract.runtime.Capabilities;
import dev.foretoken.contract.runtime.ModelShape;

/**
 * What a scheduler is built from.
 *
 * @param model name that is part of every prefix key
 * @param prefixSecret random bytes, at least 16, drawn once per process
 */
public record SchedulerSetup(
        String model,
        ModelShape shape,
        Capabilities capabilities,
        CacheReservation reservation,
        SchedulerConfig config,
        byte[] prefixSecret) {}
