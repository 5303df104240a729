package dev.foretoken.bench.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.request.Priority;
import dev.foretoken.gateway.tenant.TenantLimits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TenantShareTest {

    @Test
    void everythingCanBeSaid() {
        TenantShare share = TenantShare.parse("a:2.5:requests=60,tokens=900,concurrent=7,weight=50,priority=batch");
        assertThat(share.share()).isEqualTo(2.5);
        assertThat(share.tenant().id()).isEqualTo("a");
        assertThat(share.tenant().limits()).isEqualTo(new TenantLimits(60, 900, 7));
        assertThat(share.tenant().weight()).isEqualTo(50);
        assertThat(share.tenant().highest()).isEqualTo(Priority.BATCH);
    }

    @Test
    void aNameAndAShareAreEnough() {
        TenantShare share = TenantShare.parse("a:1");
        assertThat(share.tenant().limits()).isEqualTo(TenantLimits.NONE);
        assertThat(share.tenant().highest()).isEqualTo(Priority.NORMAL);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a", ":1", "a:0", "a:-1", "a:x", "a:1:requests", "a:1:colour=red", "a:1:weight=0", "a:1:b=1:c=1"
            })
    void anythingElseIsRefused(String text) {
        assertThatThrownBy(() -> TenantShare.parse(text)).hasMessageMatching("(?s).+");
    }
}
