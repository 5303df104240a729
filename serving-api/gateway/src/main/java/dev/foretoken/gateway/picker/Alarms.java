package dev.foretoken.gateway.picker;

import java.time.Duration;

/** Does something later. */
@FunctionalInterface
interface Alarms {

    /** @return takes it back; too late has no effect */
    Runnable after(Duration time, Runnable task);
}
