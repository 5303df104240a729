package dev.foretoken.routing.prefix;

import dev.foretoken.contract.prefix.PrefixChange;
import java.util.List;

/**
 * What one connection to an endpoint tells of one model, until it leaves or a newer one enters in its place: from then on it changes nothing, so
 * that a connection that ends late takes nothing from the one behind it. Any thread.
 */
public final class EndpointEntry {

    private final PrefixDirectory directory;
    private final PrefixPlaces places;
    final String endpoint;
    final String model;
    private boolean over;

    EndpointEntry(PrefixDirectory directory, PrefixPlaces places, String endpoint, String model) {
        this.directory = directory;
        this.places = places;
        this.endpoint = endpoint;
        this.model = model;
        places.apply(endpoint, List.of());
    }

    /** The endpoint has told what has changed there, oldest first. */
    public synchronized void apply(List<PrefixChange> changes) {
        if (!over) {
            places.apply(endpoint, changes);
        }
    }

    /** The endpoint does not serve the model any more, or cannot be reached. */
    public void leave() {
        directory.leave(this);
    }

    synchronized void end() {
        if (!over) {
            over = true;
            places.forget(endpoint);
        }
    }
}
