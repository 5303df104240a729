package dev.foretoken.scheduler.tensor;

/** Which stream: ids are each tenant's own. */
record SessionKey(String tenant, String id) {
    @Override
    public String toString() {
        return "session " + id;
    }
}
