package dev.foretoken.onnxruntime.session.capi;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.onnxruntime.session.GraphSessionContract;
import dev.foretoken.onnxruntime.session.SessionFactory;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;

class CGraphSessionTest extends GraphSessionContract {

    private final CApiSessionFactory factory = new CApiSessionFactory(OrtEnvironment.getEnvironment(), 1);
    private final long atRest = factory.held();

    @Override
    protected SessionFactory factory() {
        return factory;
    }

    @Override
    protected Set<ElementType> refusedInputs() {
        return Set.of();
    }

    /** After each test of the contract, those included that fail to open or to run. */
    @AfterEach
    void holdsNothingOfWhatWasClosed() {
        assertThat(factory.held()).isEqualTo(atRest);
        factory.close();
        assertThat(factory.held()).isZero();
    }
}
