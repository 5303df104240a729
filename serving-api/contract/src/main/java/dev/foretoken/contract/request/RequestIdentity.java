package dev.foretoken.contract.request;

/**
 * @param requestId unique; appears in logs and answers
 * @param tenant from the authenticated identity only, never from the request body; prefix cache entries are shared within one tenant
 * @param cacheSalt a caller's own further split of the prefix cache; empty = none
 * @param trace the span that caused it
 */
public record RequestIdentity(String requestId, String tenant, String cacheSalt, TraceParent trace) {

    /** That nothing caused which is traced. */
    public RequestIdentity(String requestId, String tenant, String cacheSalt) {
        this(requestId, tenant, cacheSalt, TraceParent.NONE);
    }

    public RequestIdentity within(TraceParent value) {
        return new RequestIdentity(requestId, tenant, cacheSalt, value);
    }

    public static RequestIdentity anonymous(String requestId) {
        return new RequestIdentity(requestId, "", "");
    }
}
