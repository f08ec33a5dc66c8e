// SPDX-License-Identifier: GPL-3.0-or-later
// Results on their way to the CPU are those that were there when the copy began, whatever is computed meanwhile.
#include "core/learn/device_stream_p.h"
#include "core/learn/host_copy_p.h"

#include <QtTest>

#include <ATen/Functions.h>
#include <torch/cuda.h>

using namespace dispersa;

class TestHostCopy : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void bringsWhatWasComputed_data()
    {
        QTest::addColumn<bool>("onGpu");
        QTest::newRow("CPU") << false;
        QTest::newRow("GPU") << true;
    }

    void bringsWhatWasComputed()
    {
        QFETCH(bool, onGpu);
        if (onGpu && !torch::cuda::is_available())
            QSKIP("no CUDA device");
        const c10::Device device(onGpu ? c10::kCUDA : c10::kCPU);
        const std::optional<c10::Stream> stream = ownStream(device);
        QCOMPARE(stream.has_value(), onGpu);
        at::Tensor busy = at::full({512, 512}, 1.0f / 512, device);
        std::optional<HostCopy> before;
        for (int batch = 0; batch < 20; ++batch) {
            // Long enough that a copy which did not wait would come first; a product with the mean matrix keeps the ones.
            at::Tensor ones = at::ones({512, 512}, device);
            for (int i = 0; i < 20; ++i)
                ones = at::matmul(ones, busy);
            const at::Tensor result = at::mul(ones.narrow(0, 0, 2).narrow(1, 0, 3), batch).t(); // not row-major
            if (before)
                QVERIFY(at::allclose(before->wait(), at::full({3, 2}, float(batch - 1)), 1e-3));
            before.emplace(result, stream);
        }
        const at::Tensor& last = before->wait();
        QVERIFY(last.is_cpu() && last.is_contiguous());
        QVERIFY(at::allclose(last, at::full({3, 2}, 19.f), 1e-3));
    }
};

QTEST_APPLESS_MAIN(TestHostCopy)
#include "tst_host_copy.moc"
