package dev.foretoken.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchCancelTest {

    private final List<String> done = new ArrayList<>();
    private final BatchCancel cancel = new BatchCancel();

    @Test
    void runsEveryActionOnce() {
        cancel.onCancel(() -> done.add("a"));
        cancel.onCancel(() -> done.add("b"));
        assertThat(cancel.isCancelled()).isFalse();
        cancel.cancel();
        cancel.cancel();
        assertThat(done).containsExactly("a", "b");
        assertThat(cancel.isCancelled()).isTrue();
    }

    @Test
    void anActionThatComesTooLateRunsAtOnce() {
        cancel.cancel();
        cancel.onCancel(() -> done.add("late"));
        assertThat(done).containsExactly("late");
    }
}
