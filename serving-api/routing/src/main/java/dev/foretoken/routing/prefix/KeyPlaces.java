package dev.foretoken.routing.prefix;

import dev.foretoken.contract.prefix.PrefixKey;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The endpoints at each key; a key that nobody holds takes no memory. */
final class KeyPlaces {

    private final Map<PrefixKey, Place> places = new ConcurrentHashMap<>();

    @Nullable
    Place find(PrefixKey key) {
        return places.get(key);
    }

    int size() {
        return places.size();
    }

    /** Whether a block is reached and can be the end of a hit. A place that its last block leaves goes with it. */
    void settle(HeldBlock block, boolean reached, boolean ends) {
        if (reached == block.reached && ends == block.ends) {
            return;
        }
        Place place = block.place;
        if (place == null) {
            place = enter(block, reached, ends);
        } else {
            place.settle(block, reached, ends); // it is open while a block is there
        }
        if (place.isOver()) {
            places.remove(block.key, place);
        }
        block.place = reached || ends ? place : null;
    }

    /** One that is over and still found here is about to be taken out by who left it last. */
    private Place enter(HeldBlock block, boolean reached, boolean ends) {
        while (true) {
            Place place = places.computeIfAbsent(block.key, key -> new Place());
            if (place.settle(block, reached, ends)) {
                return place;
            }
            places.remove(block.key, place);
        }
    }
}
