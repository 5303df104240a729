package dev.foretoken.routing.fleet;

import dev.foretoken.routing.prefix.PromptPlaces;
import java.util.List;

/** What the engines' cache reports say of one prompt. For one thread. */
public record PromptHolders(PromptPlaces places) implements HeldPrefixes {

    @Override
    public int heldTokens(String endpoint) {
        return places.heldTokens(endpoint);
    }

    @Override
    public List<PromptPlaces.Held> longest(int most, long draw) {
        return places.longest(most, draw);
    }
}
