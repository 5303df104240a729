package dev.foretoken.gateway.picker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FirstMessagesTest {

    private final FirstMessages first = new FirstMessages(2, 2);
    private final List<String> asked = new ArrayList<>();

    private FirstMessages.Turn enter(String name) {
        return first.enter(() -> asked.add(name));
    }

    @Test
    void soManyAreAskedAtOnceAndOthersInTheOrderInWhichTheyCame() {
        FirstMessages.Turn a = enter("a");
        FirstMessages.Turn b = enter("b");
        enter("c");
        FirstMessages.Turn d = enter("d");
        assertThat(asked).containsExactly("a", "b");
        b.close();
        b.close();
        assertThat(asked).containsExactly("a", "b", "c");
        d.close();
        a.close();
        assertThat(asked).as("one that has left is not asked").containsExactly("a", "b", "c");
        enter("e");
        assertThat(asked).containsExactly("a", "b", "c", "e");
    }

    @Test
    void moreThanMayWaitAreRefused() {
        List<FirstMessages.Turn> turns = new ArrayList<>();
        for (String name : List.of("a", "b", "c", "d")) {
            turns.add(enter(name));
        }
        assertThatThrownBy(() -> enter("e"))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.QUEUE_FULL));
        turns.getLast().close();
        enter("f");
        turns.forEach(FirstMessages.Turn::close);
        assertThat(asked).containsExactly("a", "b", "c", "f");
    }
}
