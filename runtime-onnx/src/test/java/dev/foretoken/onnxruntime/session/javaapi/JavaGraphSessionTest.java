package dev.foretoken.onnxruntime.session.javaapi;

import ai.onnxruntime.OrtEnvironment;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.onnxruntime.session.GraphSessionContract;
import dev.foretoken.onnxruntime.session.SessionFactory;
import java.util.Set;

class JavaGraphSessionTest extends GraphSessionContract {

    @Override
    protected SessionFactory factory() {
        return new JavaSessionFactory(OrtEnvironment.getEnvironment(), 1);
    }

    @Override
    protected Set<ElementType> refusedInputs() {
        return Set.of(ElementType.UINT16, ElementType.UINT32, ElementType.UINT64);
    }
}
