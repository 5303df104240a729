package dev.foretoken.gateway.remote;

import dev.foretoken.contract.prefix.PrefixShape;
import dev.foretoken.routing.prefix.EndpointEntry;
import dev.foretoken.routing.prefix.PrefixDirectory;
import dev.foretoken.wire.pod.v1.CacheEvents;
import java.util.HashMap;
import java.util.Map;

/** What one call tells of a pod's caches, on its way into the directory. One thread. */
final class CacheIntake {

    private static final int MOST_MODELS = 1024;
    private static final int MOST_CHARACTERS = 1024;

    private final String endpoint;
    private final PrefixDirectory directory;
    private final Map<String, EndpointEntry> models = new HashMap<>();
    private long expected;

    CacheIntake(String endpoint, PrefixDirectory directory) {
        this.endpoint = endpoint;
        this.directory = directory;
    }

    /**
     * Takes the next message; false when it does not follow the one before, and the call must begin anew.
     *
     * @throws IllegalArgumentException for a message that cannot be understood here
     */
    boolean take(CacheEvents message) {
        if (message.getSequence() != expected) {
            return false;
        }
        expected++;
        if (message.getModel().length() > MOST_CHARACTERS) {
            throw new IllegalArgumentException("a model's name of "
                    + message.getModel().length() + " characters; at most " + MOST_CHARACTERS + " were expected");
        }
        if (message.getScheme() != directory.scheme()) {
            throw new IllegalArgumentException(
                    "its keys are made otherwise than here; give pods and gateways one pod credential and one version");
        }
        if (message.hasShape()) {
            enter(message.getModel(), CacheDecoder.shape(message.getShape()));
        }
        apply(message);
        if (message.getGone()) {
            leave(message.getModel());
        }
        return true;
    }

    private void leave(String model) {
        EndpointEntry entry = models.remove(model);
        if (entry != null) {
            entry.leave();
        }
    }

    private void enter(String model, PrefixShape shape) {
        if (models.size() < MOST_MODELS || models.containsKey(model)) {
            models.put(model, directory.enter(endpoint, model, shape));
        }
    }

    /** Of a model beyond the bound nothing is known. */
    private void apply(CacheEvents message) {
        EndpointEntry entry = models.get(message.getModel());
        if (entry != null) {
            entry.apply(CacheDecoder.changes(message));
        }
    }

    /** The call is over: nothing that it told is certain any more. */
    void forget() {
        models.values().forEach(EndpointEntry::leave);
        models.clear();
    }
}
