package dev.foretoken.gateway.model;

import java.util.List;

/** The engines that can answer for a model, as known now: runtime pods come and go while requests are served. Any thread may ask. */
@FunctionalInterface
public interface EngineSet {

    /** Those of now; empty while none is known. A caller that looks at them more than once keeps the list it got. */
    List<EngineEndpoint> now();

    /** Engines that stay. */
    static EngineSet of(List<EngineEndpoint> endpoints) {
        return new Fixed(List.copyOf(endpoints));
    }

    /** @param now at least one */
    record Fixed(List<EngineEndpoint> now) implements EngineSet {
        public Fixed {
            if (now.isEmpty()) {
                throw new IllegalArgumentException("a model needs an engine");
            }
        }
    }
}
