package dev.foretoken.scheduler.tensor;

/** Which stream: ids are each tenant's own. */
record SessionKey(String tenant, long id) {
    @Override
    public String toString() {
        return "session " + id;
    }
}
