package dev.foretoken.gateway.tenant;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.request.Priority;

/** How callers say the class of a request. */
public final class PriorityNames {

    /** Says the class of a request whose body does not. */
    public static final String HEADER = "x-foretoken-priority";

    private PriorityNames() {}

    /** @throws ForetokenException INVALID_REQUEST naming {@code param} */
    public static Priority parse(String name, String param) {
        return Priority.find(name)
                .orElseThrow(() -> ForetokenException.invalid(param, param + " must be " + Priority.NAMES));
    }
}
