package dev.foretoken.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckoutTest {

    /** Those who measure are often outside of the checkout, where results do not change it. */
    @Test
    void theCheckoutIsThatOfTheCodeWhereverItIsStarted() {
        assertThat(Checkout.home()).isDirectory().endsWith(Path.of("target", "classes"));
    }

    @Test
    void aCheckoutHasACommit() {
        assumeThat(Path.of(System.getProperty("foretoken.root"), ".git")).exists();
        assertThat(Checkout.commit()).matches("[0-9a-f]{12}(\\+changes)?");
    }

    @Test
    void elsewhereItIsNotKnown(@TempDir Path folder) {
        assertThat(Checkout.commit(folder.getRoot())).isEqualTo(Checkout.UNKNOWN);
    }
}
