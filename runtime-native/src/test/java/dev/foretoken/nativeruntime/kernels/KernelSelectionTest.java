package dev.foretoken.nativeruntime.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.CpuList;
import dev.foretoken.nativeruntime.kernels.ffi.LibraryFile;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which kernels are opened, and what is said when they cannot be. */
class KernelSelectionTest {
    private static final String LIBRARY = "libforetoken_native.so";

    @TempDir
    private Path directory;

    @Test
    void nativeKernelsOpenWhereverTheyWereBuilt() {
        assumeTrue(LibraryFile.class.getResource("/native/linux-x86_64/" + LIBRARY) != null);
        try (Kernels kernels =
                KernelSelection.open(KernelChoice.NATIVE, options(null)).kernels()) {
            assertThat(kernels.path()).startsWith("native-");
            assertThat(kernels.threads()).isEqualTo(2);
        }
    }

    @Test
    void autoTakesTheNextBestAndSaysWhy() {
        KernelSelection selection = KernelSelection.open(KernelChoice.AUTO, options(directory));
        try (Kernels kernels = selection.kernels()) {
            assertThat(kernels).isInstanceOf(VectorKernels.class);
            assertThat(selection.reasons()).singleElement().asString().startsWith("native: ");
        }
    }

    @Test
    void namedKernelsThatCannotOpenAreAnErrorWithASentence() {
        assertThatExceptionOfType(ForetokenException.class)
                .isThrownBy(() -> KernelSelection.open(KernelChoice.NATIVE, options(directory)))
                .withMessageContaining("foretoken.kernels=native was asked for, but ")
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_INVALID));
    }

    @Test
    void aLibraryOfAnotherBuildIsRefusedByItsDigest() throws IOException {
        try (InputStream in = LibraryFile.class.getResourceAsStream("/native/linux-x86_64/" + LIBRARY)) {
            assumeTrue(in != null);
            byte[] bytes = in.readAllBytes();
            bytes[bytes.length - 1] ^= 1;
            Files.write(directory.resolve(LIBRARY), bytes);
        }
        assertThat(NativeKernels.open(options(directory)))
                .isInstanceOfSatisfying(
                        KernelAvailability.Missing.class,
                        missing -> assertThat(missing.reason()).contains("has digest ", "this build made "));
    }

    @Test
    void theLibraryLoadsFromTheDirectoryOfAnImage() throws IOException {
        try (InputStream in = LibraryFile.class.getResourceAsStream("/native/linux-x86_64/" + LIBRARY)) {
            assumeTrue(in != null);
            Files.copy(in, directory.resolve(LIBRARY));
        }
        KernelAvailability availability = NativeKernels.open(options(directory));
        assertThat(availability).isInstanceOf(KernelAvailability.Present.class);
        ((KernelAvailability.Present) availability).kernels().close();
    }

    @Test
    void closedKernelsRefuseCallsAndCloseAgain() {
        assumeTrue(NativeKernels.open(options(null)) instanceof KernelAvailability.Present);
        Kernels kernels =
                KernelSelection.open(KernelChoice.NATIVE, options(null)).kernels();
        kernels.close();
        kernels.close();
        try (KernelCase data = new KernelCase(1)) {
            MemorySegment one = data.floats(1f);
            assertThatIllegalStateException().isThrownBy(() -> kernels.add(one, one, 1, one));
        }
    }

    @Test
    void optionsRefuseThreadCountsThatMakeNoSense() {
        assertThatIllegalArgumentException().isThrownBy(() -> KernelOptions.of(0, Arithmetic.EXACT));
        assertThatIllegalArgumentException().isThrownBy(() -> KernelOptions.of(257, Arithmetic.EXACT));
        CpuList two = CpuList.parse("0-1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new KernelOptions(3, Arithmetic.EXACT, two, null, null))
                .withMessage("3 threads need as many CPUs, not 0-1");
    }

    private static KernelOptions options(@org.jspecify.annotations.Nullable Path nativeDirectory) {
        return new KernelOptions(2, Arithmetic.EXACT, CpuList.ANY, null, nativeDirectory);
    }
}
