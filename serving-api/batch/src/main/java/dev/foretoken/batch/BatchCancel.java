package dev.foretoken.batch;

import java.util.ArrayList;
import java.util.List;

/** Says to one run that nobody wants its answer any more. */
public final class BatchCancel {

    private final List<Runnable> actions = new ArrayList<>(1);
    private boolean cancelled;

    /** Has {@code action} run when the run is cancelled, on the thread that cancels it; at once where it has been already. */
    public void onCancel(Runnable action) {
        synchronized (actions) {
            if (!cancelled) {
                actions.add(action);
                return;
            }
        }
        action.run();
    }

    /** Cancels. A second time does nothing. */
    public void cancel() {
        List<Runnable> due;
        synchronized (actions) {
            cancelled = true;
            due = List.copyOf(actions);
            actions.clear();
        }
        due.forEach(Runnable::run);
    }

    public boolean isCancelled() {
        synchronized (actions) {
            return cancelled;
        }
    }
}
