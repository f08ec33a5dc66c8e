// SPDX-License-Identifier: GPL-3.0-or-later
// TensorBoard event files byte by byte, and history.csv.
#include "core/base/os_file.h"
#include "core/learn/history_csv_p.h"
#include "core/learn/tensorboard_writer_p.h"

#include <QtTest>

#include <array>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>

using namespace dispersa;

namespace {

QByteArray hex(const std::string& bytes)
{
    return QByteArray::fromStdString(bytes).toHex();
}

/// CRC-32C bit by bit: another way than the table of the code.
std::uint32_t bitwiseCrc(std::string_view bytes)
{
    std::uint32_t crc = 0xffffffffu;
    for (char c : bytes) {
        crc ^= std::uint8_t(c);
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc >> 1) ^ ((crc & 1) ? 0x82f63b78u : 0);
    }
    return ~crc;
}

template<class T>
T number(std::string_view bytes, std::size_t at)
{
    T value;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
}

/// The records of an event file; checks both CRCs of each.
std::vector<std::string> records(const std::string& file)
{
    const auto unmasked = [](std::uint32_t crc) {
        const std::uint32_t rotated = crc - 0xa282ead8u;
        return (rotated >> 17) | (rotated << 15);
    };
    std::vector<std::string> found;
    for (std::size_t at = 0; at < file.size();) {
        const auto length = number<std::uint64_t>(file, at);
        if (unmasked(number<std::uint32_t>(file, at + 8)) != bitwiseCrc(std::string_view(file).substr(at, 8)))
            return {};
        found.push_back(file.substr(at + 12, length));
        if (unmasked(number<std::uint32_t>(file, at + 12 + length)) != bitwiseCrc(found.back()))
            return {};
        at += 16 + length;
    }
    return found;
}

} // namespace

class TestTensorboard : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void checksum()
    {
        QCOMPARE(crc32c("123456789"), 0xe3069283u); // RFC 3720
        QCOMPARE(crc32c(std::string(32, '\0')), 0x8a9136aau);
        QCOMPARE(crc32c(""), 0u);
    }

    /// Bytes of make_tensorboard_golden.py.
    void bytesAsEncodedInPython()
    {
        QCOMPARE(hex(tfRecord(versionEvent(1700000000.5))),
                 QByteArray("1800000000000000a37f4b220900002040fc54d9411a0d627261696e2e4576656e743a322b353110"));
        const std::array<std::pair<std::string, float>, 2> scalars = {std::pair("loss/train", 0.25f),
                                                                      std::pair("loss/validation", 0.5f)};
        QCOMPARE(hex(tfRecord(scalarEvent(1700000001.25, 300, scalars))),
                 QByteArray("39000000000000008b0737f10900005040fc54d94110ac022a2b0a110a0a6c6f73732f747261696e150000803e"
                            "0a160a0f6c6f73732f76616c69646174696f6e150000003f5003b647"));
    }

    void aFileCanBeReadBack()
    {
        QTemporaryDir folder;
        const std::filesystem::path path = folder.path().toStdString() + "/new/tensorboard";
        auto writer = TensorBoardWriter::create(path);
        QVERIFY(writer);
        QVERIFY(writer->write({1, 0.5, 0.75, 2, 100}));
        QVERIFY(writer->write({2, 0.25, {}, 2, 120}));
        const QStringList files = QDir(QString::fromStdString(path.string())).entryList(QDir::Files);
        QCOMPARE(files.size(), 1);
        QVERIFY(files[0].startsWith("events.out.tfevents."));
        std::ifstream file(path / files[0].toStdString(), std::ios::binary);
        const std::string bytes{std::istreambuf_iterator<char>(file), {}};
        const std::vector<std::string> found = records(bytes);
        QCOMPARE(found.size(), std::size_t(3));
        QVERIFY(found[0].ends_with("brain.Event:2"));
        const std::string half{"loss/train\x15\x00\x00\x00\x3f", 15};
        QVERIFY(found[1].find(half) != std::string::npos);
        QVERIFY(found[1].find("loss/validation") != std::string::npos);
        QVERIFY(found[1].find("patterns_per_second") != std::string::npos);
        QVERIFY(found[2].find("loss/validation") == std::string::npos);
        QCOMPARE(found[2].substr(9, 2), std::string("\x10\x02")); // step 2
    }

    void aFolderThatCannotBe()
    {
        QTemporaryDir folder;
        const std::filesystem::path file = folder.path().toStdString() + "/file";
        std::ofstream(file) << "x";
        const auto writer = TensorBoardWriter::create(file / "tensorboard");
        QVERIFY(!writer && writer.error().code == ErrorCode::WriteFailed);
    }

    void history()
    {
        const double nan = std::numeric_limits<double>::quiet_NaN();
        QCOMPARE(historyCsv({{1, 0.1, 0.25, 2.5, 100}, {2, 1e-7, {}, 3, 100}, {3, nan, nan, 3, 100}}),
                 std::string("epoch,loss,val_loss,seconds\n1,0.1,0.25,2.5\n2,1e-07,,3\n3,nan,nan,3\n"));
    }
};

QTEST_APPLESS_MAIN(TestTensorboard)
#include "tst_tensorboard.moc"
