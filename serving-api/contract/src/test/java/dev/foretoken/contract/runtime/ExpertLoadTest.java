package dev.foretoken.contract.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ExpertLoadTest {

    @Test
    void comparesTheExpertOfMostTokensWithTheMean() {
        ExpertLoad load = new ExpertLoad(4);
        assertThat(load.imbalance()).isZero();
        load.add(2, 3);
        assertThat(load.imbalance()).isEqualTo(4);
        load.add(0, 1);
        load.add(2, 2);
        load.add(3, 2);
        assertThat(load.tokens(2)).isEqualTo(5);
        assertThat(load.tokens(1)).isZero();
        assertThat(load.imbalance()).isEqualTo(2.5);
    }
}
