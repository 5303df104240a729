package dev.foretoken.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.gateway.model.EngineEndpoint;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Engines for requests that somebody else sends. */
class PickedCallsTest extends ThreeReplicas {

    private final ScriptedReplica fourth = new ScriptedReplica("fourth");
    private final ScriptedReplica fifth = new ScriptedReplica("fifth");

    private List<String> named(String... excluded) {
        return new PickedCalls(firstOfEquals())
                .pick(new RouteQuery(model, RouteQuery.Work.ANY, Set.of(excluded)), 1).endpoints().stream()
                        .map(EngineEndpoint::name)
                        .toList();
    }

    @Test
    void behindTheChosenOneAtMostTwoOthersAreNamed() {
        model = model(first, second, third, fourth, fifth);
        assertThat(named()).containsExactly("first", "second", "third");
    }

    @Test
    void whatIsNotReadyOrExcludedIsNoOther() {
        model = model(first, second, third, fourth, fifth);
        second.engine.withState(ModelState.DRAINING);
        assertThat(named("third", "fifth")).containsExactly("first", "fourth");
    }
}
