package dev.foretoken.nativeruntime.plan;

import java.util.List;

/** One linear map and nothing else. */
public record Projection(Linear map) implements Mixer {
    @Override
    public List<Linear> linears() {
        return List.of(map);
    }
}
