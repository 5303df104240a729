package dev.foretoken.e2e.structure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Methods are short and take few parameters. */
class MethodTest {

    private static final int NINE_IN_TEN_UNDER = 20;
    private static final int MOST_PARAMETERS = 7;
    private static final List<MethodShape> METHODS = MethodShape.of(SourceTree.mainFiles());

    @Test
    void nineInTenMethodsAreShort() {
        assertThat(METHODS).hasSizeGreaterThan(100);
        int[] lines = METHODS.stream().mapToInt(MethodShape::lines).toArray();
        assertThat(SourceTree.quantile(0.9, lines))
                .as("90 % quantile of lines per method")
                .isLessThan(NINE_IN_TEN_UNDER);
    }

    @Test
    void noMethodTakesMoreThanSevenParameters() {
        assertThat(METHODS.stream().filter(method -> method.parameters() > MOST_PARAMETERS))
                .as("methods with more than 7 parameters: use a record")
                .isEmpty();
    }
}
