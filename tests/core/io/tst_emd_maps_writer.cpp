// SPDX-License-Identifier: GPL-3.0-or-later
// Maps in one EMD file: emdfile's marks, values and calibration come back, bad names are refused.
#include "core/io/emd_format.h"
#include "core/io/map_writers.h"
#include "hdf5_test_support.h"

#include <QTemporaryDir>
#include <QTest>

#include <limits>

using namespace dispersa;
using namespace testsupport;

class TestEmdMapsWriter : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::filesystem::path pathOf(const QString& name) const { return m_folder.filePath(name).toStdString(); }
    static EmdMap map(const std::string& group, const std::string& name, const std::string& quantity)
    {
        EmdMap result{group, name, emptyMap(quantity, MapUnit::Fraction, {2, 3}), {20, 4}};
        result.map.values = {.1f, .2f, .3f, .4f, .5f, std::numeric_limits<float>::quiet_NaN()};
        result.map.scanStep_nm = 1.053;
        return result;
    }

  private Q_SLOTS:
    void valuesComeBack()
    {
        const auto path = pathOf("maps.h5");
        auto haadf = map("0037", "HAADF-predicted", "HAADF");
        haadf.map.unit = MapUnit::Arbitrary;
        haadf.map.scanStep_nm.reset();
        const auto done = writeMapsEmd({map("0038", "O-real", "O"), map("0037", "O-predicted", "O"), haadf}, path);
        QVERIFY2(done, done ? "" : done.error().message.c_str());

        const auto info = emdFormat().inspect(path);
        QVERIFY(info);
        QCOMPARE(info->format, std::string("emd"));
        QCOMPARE(info->items.size(), std::size_t(3));
        const FileItem& first = info->items[1]; // by name: HAADF-predicted, O-predicted, O-real
        QCOMPARE(first.id, std::string("/maps_root/0037/O-predicted/data"));
        QVERIFY(first.kind == ItemKind::Map);
        QCOMPARE(first.quantity.value_or(""), std::string("O"));
        QVERIFY(first.unit == MapUnit::Fraction);
        QCOMPARE(first.axes[0].unit, std::string("nm"));
        QVERIFY(std::abs(first.axes[0].scale - 1.053) < 1e-12); // a difference of two multiples of the step

        const auto read = emdFormat().readMap(path, "/maps_root/0037/O-predicted");
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        QCOMPARE(read->shape, (ScanShape{2, 3}));
        QCOMPARE(read->quantity, std::string("O"));
        QVERIFY(read->unit == MapUnit::Fraction);
        for (int i = 0; i < 5; ++i)
            QCOMPARE(read->values[std::size_t(i)], map("", "", "").map.values[std::size_t(i)]);
        QVERIFY(std::isnan(read->values[5]));
        const auto second = emdFormat().readMap(path, "/maps_root/0037/HAADF-predicted");
        QVERIFY(second);
        QCOMPARE(second->quantity, std::string("HAADF"));
        QVERIFY(!second->scanStep_nm);
    }

    void carriesWhatEmdfileLooksFor()
    {
        const auto path = pathOf("marks.h5");
        QVERIFY(writeMapsEmd({map("0037", "O-real", "O")}, path));
        const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
        QCOMPARE(variableText(file, "/", "emd_group_type"), QByteArray("file"));
        QCOMPARE(variableText(file, "/maps_root", "emd_group_type"), QByteArray("root"));
        QCOMPARE(variableText(file, "/maps_root", "python_class"), QByteArray("Root"));
        QCOMPARE(variableText(file, "/maps_root/0037", "emd_group_type"), QByteArray("node"));
        QCOMPARE(variableText(file, "/maps_root/0037", "python_class"), QByteArray("Node"));
        QCOMPARE(variableText(file, "/maps_root/0037/O-real", "emd_group_type"), QByteArray("array"));
        QCOMPARE(variableText(file, "/maps_root/0037/O-real", "python_class"), QByteArray("Array"));
        QCOMPARE(variableText(file, "/maps_root/0037/O-real/data", "units"), QByteArray("fraction"));
        const QByteArray metadata = "/maps_root/0037/O-real/metadatabundle/map";
        QCOMPARE(variableText(file, metadata, "emd_group_type"), QByteArray("metadata"));
        QCOMPARE(variableText(file, metadata, "python_class"), QByteArray("Metadata"));
        QCOMPARE(readAll<qint64>(file, metadata + "/crop_y", H5T_NATIVE_INT64), std::vector<qint64>{20});
        QCOMPARE(readAll<qint64>(file, metadata + "/crop_x", H5T_NATIVE_INT64), std::vector<qint64>{4});
        const auto dim0 = readAll<double>(file, "/maps_root/0037/O-real/dim0", H5T_NATIVE_DOUBLE);
        QCOMPARE(dim0, (std::vector<double>{20 * 1.053, 20 * 1.053 + 1.053}));
        H5Fclose(file);
    }

    void refusesNamesThatCannotBeHeld_data()
    {
        QTest::addColumn<QString>("group");
        QTest::addColumn<QString>("name");
        QTest::newRow("slash in the group") << "a/b"
                                            << "O";
        QTest::newRow("slash in the name") << "a"
                                           << "O/real";
        QTest::newRow("empty name") << "a"
                                    << "";
        QTest::newRow("empty group") << ""
                                     << "O";
        QTest::newRow("reserved") << "a"
                                  << "metadatabundle";
        QTest::newRow("twice") << "first"
                               << "O";
    }
    void refusesNamesThatCannotBeHeld()
    {
        QFETCH(QString, group);
        QFETCH(QString, name);
        const auto path = pathOf("refused.h5");
        const auto done =
            writeMapsEmd({map("first", "O", "O"), map(group.toStdString(), name.toStdString(), "O")}, path);
        QVERIFY(!done);
        QVERIFY(done.error().code == ErrorCode::InvalidArgument);
        QVERIFY(!std::filesystem::exists(path));
    }
};

QTEST_APPLESS_MAIN(TestEmdMapsWriter)
#include "tst_emd_maps_writer.moc"
