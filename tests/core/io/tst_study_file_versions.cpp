// SPDX-License-Identifier: GPL-3.0-or-later
// Studies of other versions: what earlier ones wrote means what it meant, and keys of later ones are kept.
#include "tests/core/io/study_text.h"

#include <QTest>

#include <nlohmann/json.hpp>

using namespace dispersa;
using test::document;
using test::full;

class TestStudyFileVersions : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void preparationsOfEarlierVersionsMeanWhatTheyMeant();
    void unknownKeysSurviveAtEveryLevel();
    void unknownKeysOfAnUnchangedOrderSurvive();
    void unknownKeysOfARemovedObjectGo();
};

void TestStudyFileVersions::preparationsOfEarlierVersionsMeanWhatTheyMeant()
{
    const auto study = parseStudy(document(R"("diffraction": {"centre": "com", "beam_mask_px": 5})"), "/");
    QVERIFY2(study, study ? "" : study.error().message.c_str());
    QVERIFY((*study->diffraction == DiffractionOptions{CentreKind::CentreOfMass, 5, 1, Scaling::Linear}));
    QVERIFY(!study->diffraction->repairsPixels() && !study->diffraction->fitsDescan() &&
            !study->diffraction->resamples());
    // And what does nothing new is written as before.
    QVERIFY(nlohmann::json::parse(studyToJson(*study, "/"))["diffraction"] ==
            nlohmann::json::parse(R"({"centre": "com", "beam_mask_px": 5.0, "bin": 1, "scaling": "linear"})"));
}

void TestStudyFileVersions::unknownKeysSurviveAtEveryLevel()
{
    auto json = nlohmann::json::parse(full);
    const nlohmann::json note = {{"text", "später"}, {"list", {1, 2.5, nullptr, true}}};
    const std::vector<std::string> places = {"",
                                             "/scans/0",
                                             "/scans/0/diffraction",
                                             "/scans/0/diffraction/order",
                                             "/scans/0/maps/1",
                                             "/scans/0/map_from_scan",
                                             "/scans/0/crop",
                                             "/calibration",
                                             "/crop",
                                             "/map_filter",
                                             "/diffraction",
                                             "/split",
                                             "/recipe",
                                             "/correction",
                                             "/account"};
    for (const std::string& place : places) {
        json[nlohmann::json::json_pointer(place + "/note")] = note;
        json[nlohmann::json::json_pointer(place + "/a~1b~0c")] = place; // "a/b~c"
    }
    const auto study = parseStudy(json.dump(), "/data");
    QVERIFY2(study, study ? "" : study.error().message.c_str());
    QVERIFY(study->unknown.contains("note"));
    QVERIFY(study->scans[0].maps[1].unknown.contains("note"));
    QVERIFY(nlohmann::json::parse(studyToJson(*study, "/data")) == json);
    QVERIFY(parseStudy(studyToJson(*study, "/data"), "/data") == *study);
}

void TestStudyFileVersions::unknownKeysOfAnUnchangedOrderSurvive()
{
    const auto study =
        parseStudy(document(R"("scans": [{"name": "a", "diffraction": {"path": "x", "order": {"future": 1}}}])"), "/");
    QVERIFY2(study, study ? "" : study.error().message.c_str());
    QVERIFY(study->scans[0].diffraction->order.isDefault());
    const auto written = nlohmann::json::parse(studyToJson(*study, "/"));
    QVERIFY(written["scans"][0]["diffraction"]["order"] == nlohmann::json::parse(R"({"future": 1})"));
    QVERIFY(parseStudy(written.dump(), "/") == *study);
}

void TestStudyFileVersions::unknownKeysOfARemovedObjectGo()
{
    auto study = parseStudy(document(R"("crop": {"y": 0, "x": 0, "height": 2, "width": 2, "note": 1})"), "/").value();
    study.crop.reset();
    const auto json = nlohmann::json::parse(studyToJson(study, "/"));
    QVERIFY(!json.contains("crop")); // a crop of a note alone would be an invalid study
}

QTEST_APPLESS_MAIN(TestStudyFileVersions)
#include "tst_study_file_versions.moc"
