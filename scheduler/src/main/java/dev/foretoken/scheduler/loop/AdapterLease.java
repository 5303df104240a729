package dev.foretoken.scheduler.loop;

import dev.foretoken.scheduler.AdapterUse;

/**
 * A request's hold on its adapter.
 *
 * @param release called once, when the request's last sequence has ended or the request was refused; any thread, returns at once
 */
public record AdapterLease(AdapterUse use, Runnable release) {
    public static final AdapterLease NONE = new AdapterLease(AdapterUse.NONE, () -> {});
}
