package dev.foretoken.app.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.CpuList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessCpusTest {

    @TempDir
    private Path folder;

    private ProcessCpus allowing(String list) throws IOException {
        return ProcessCpus.of(Files.writeString(
                folder.resolve("status"), "Name:\tjava\nCpus_allowed:\tf\nCpus_allowed_list:\t" + list));
    }

    @Test
    void allowedCpusPass() throws IOException {
        ProcessCpus cpus = allowing("0-3,8");
        assertThat(cpus.allowed()).isEqualTo(CpuList.parse("0-3,8"));
        assertThatCode(() -> cpus.check(CpuList.parse("2,8"))).doesNotThrowAnyException();
        assertThatCode(() -> cpus.check(CpuList.ANY)).doesNotThrowAnyException();
    }

    @Test
    void anotherCpuIsRefusedWithBothListsInTheSentence() throws IOException {
        ProcessCpus cpus = allowing("0-3,8");
        assertThatThrownBy(() -> cpus.check(CpuList.parse("3-5")))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_INVALID))
                .hasMessage("cpus=3-5, must be among those that this process may use, which are 0-3,8");
    }

    @Test
    void aSystemThatDoesNotTellTakesNoList() {
        ProcessCpus cpus = ProcessCpus.of(folder.resolve("none"));
        assertThatCode(() -> cpus.check(CpuList.ANY)).doesNotThrowAnyException();
        assertThatThrownBy(() -> cpus.check(CpuList.parse("0"))).hasMessageContaining("this system does not say");
    }
}
