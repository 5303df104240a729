package dev.foretoken.scheduler.tensor;

/** What the caches of open streams are paid from. Loop thread only. */
public interface StateMemory {

    /** Has room for everything. */
    StateMemory UNBOUNDED = new StateMemory() {
        @Override
        public boolean take(long bytes) {
            return true;
        }

        @Override
        public void giveBack(long bytes) {}
    };

    /** Takes so many bytes more; false: there is no room for them, and none are taken. */
    boolean take(long bytes);

    void giveBack(long bytes);
}
