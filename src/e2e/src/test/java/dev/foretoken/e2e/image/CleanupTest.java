package dev.foretoken.e2e.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CleanupTest {

    private final List<String> done = new ArrayList<>();

    private void fail(String step) {
        done.add(step);
        throw new IllegalStateException(step);
    }

    @Test
    void everyStepIsDoneWhateverBecomesOfThoseBefore() {
        Cleanup cleanup = new Cleanup();
        cleanup.then(() -> fail("container"));
        cleanup.then(() -> done.add("network"));
        cleanup.then(() -> fail("volume"));
        cleanup.then(() -> done.add("last"));
        assertThatThrownBy(cleanup::close)
                .hasMessage("container")
                .satisfies(first -> assertThat(first.getSuppressed())
                        .singleElement()
                        .satisfies(second -> assertThat(second).hasMessage("volume")));
        assertThat(done).containsExactly("container", "network", "volume", "last");
    }
}
