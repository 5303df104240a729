package dev.foretoken.contract.request;

/**
 * @param requestId unique; appears in logs and answers
 * @param tenant from the authenticated identity only, never from the request body; prefix cache entries are shared within one tenant
 * @param cacheSalt a caller's own further split of the prefix cache; empty = none
 */
public record RequestIdentity(String requestId, String tenant, String cacheSalt) {
    public static RequestIdentity anonymous(String requestId) {
        return new RequestIdentity(requestId, "", "");
    }
}
