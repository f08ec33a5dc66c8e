// SPDX-License-Identifier: GPL-3.0-or-later
// Split of the training pixels; see split_panel.h.
#include "app/pages/train/split_panel.h"

#include "app/pages/train/recipe_text.h"
#include "app/pages/train/split_preview.h"
#include "app/pages/train/split_strip.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QSpinBox>

namespace dispersa {

namespace {
constexpr int mergeSplit = 0x5b117; // consecutive edits of the numbers are one undo step

QDoubleSpinBox* percentBox(QWidget* parent, const char* name, double low, double high)
{
    auto* box = new QDoubleSpinBox(parent);
    box->setObjectName(name);
    box->setRange(low, high);
    box->setDecimals(0);
    box->setSingleStep(5);
    box->setSuffix(QStringLiteral(" %"));
    box->setKeyboardTracking(false);
    return box;
}
} // namespace

SplitPanel::SplitPanel(StudyDocument& document, QWidget* parent)
    : QWidget(parent), m_document(document), m_kind(new QComboBox(this)),
      m_test(percentBox(this, "train_split_test", 1, 95)),
      m_validation(percentBox(this, "train_split_validation", 0, 90)),
      m_calibration(percentBox(this, "train_split_calibration", 0, 90)), m_seed(new QSpinBox(this)),
      m_block(new QSpinBox(this)), m_guard(new QSpinBox(this)), m_blockRow(new QWidget(this)), m_help(new QLabel(this)),
      m_guardWarning(new QLabel(this)), m_leakGap(new QCheckBox(tr("Train once more per kind of split"), this))
{
    m_kind->setObjectName("train_split_kind");
    for (const SplitKind kind : {SplitKind::Random, SplitKind::Blocks, SplitKind::Scans, SplitKind::LeaveOneOut})
        m_kind->addItem(splitTitle(kind), int(kind));
    m_seed->setObjectName("train_split_seed");
    m_seed->setRange(0, 1'000'000'000);
    m_seed->setKeyboardTracking(false);
    m_seed->setToolTip(tr("The same seed draws the same pixels and the same first weights"));
    m_test->setToolTip(tr("Share of the training scans' pixels kept for scoring"));
    m_validation->setToolTip(
        tr("Share kept for early stopping. 0 %: training stops on the test part, as in the paper"));
    m_calibration->setToolTip(tr("Share kept from training, stopping and scoring: corrections and intervals of the "
                                 "predictions are fitted on it"));
    for (QSpinBox* box : {m_block, m_guard}) {
        box->setSuffix(tr(" px"));
        box->setKeyboardTracking(false);
    }
    m_block->setObjectName("train_split_block");
    m_block->setRange(2, 500);
    m_block->setToolTip(tr("Edge of a block on the scan grid"));
    m_guard->setObjectName("train_split_guard");
    m_guard->setRange(-1, 100);
    m_guardWarning->setObjectName("train_split_guard_warning");
    m_guardWarning->setWordWrap(true);
    m_leakGap->setObjectName("train_leak_gap");
    m_help->setObjectName("train_split_help");
    m_help->setWordWrap(true);

    auto* blockLayout = new QHBoxLayout(m_blockRow);
    blockLayout->setContentsMargins(0, 0, 0, 0);
    blockLayout->addWidget(m_block);
    blockLayout->addWidget(new QLabel(tr("guard"), m_blockRow));
    blockLayout->addWidget(m_guard);
    blockLayout->addStretch();
    auto* kept = new QHBoxLayout;
    kept->addWidget(m_validation);
    kept->addWidget(new QLabel(tr("calibration"), this));
    kept->addWidget(m_calibration);
    kept->addStretch();
    auto* strip = new SplitStrip(m_document, this);

    auto* form = new QFormLayout(this);
    form->setContentsMargins(0, 0, 0, 0);
    form->addRow(tr("Split"), m_kind);
    form->addRow(QString(), m_help);
    form->addRow(tr("Test"), m_test);
    form->addRow(tr("Validation"), kept);
    form->addRow(tr("Block"), m_blockRow);
    form->addRow(QString(), m_guardWarning);
    form->addRow(tr("Seed"), m_seed);
    form->addRow(strip);
    form->addRow(m_leakGap);

    connect(m_kind, &QComboBox::activated, this, &SplitPanel::store);
    for (QDoubleSpinBox* box : {m_test, m_validation, m_calibration})
        connect(box, &QDoubleSpinBox::valueChanged, this, &SplitPanel::store);
    for (QSpinBox* box : {m_seed, m_block, m_guard})
        connect(box, &QSpinBox::valueChanged, this, &SplitPanel::store);
    connect(m_leakGap, &QCheckBox::toggled, this, [this](bool on) {
        AccountOptions account = m_document.study().account;
        account.leakGap = on;
        m_document.setAccount(account);
    });
    connect(strip, &SplitStrip::blockDragged, m_block, &QSpinBox::setValue);
    connect(&m_document, &StudyDocument::changed, this, &SplitPanel::refresh);
    connect(&m_document, &StudyDocument::scanOpened, this, &SplitPanel::refreshGuard);
    refresh();
}

void SplitPanel::store()
{
    SplitOptions split = m_document.study().split;
    split.kind = SplitKind(m_kind->currentData().toInt());
    // Only what the user moved: a value between whole percents that came from a file stays as it is.
    if (qRound(split.testFraction * 100) != qRound(m_test->value()))
        split.testFraction = m_test->value() / 100;
    if (qRound(split.validationFraction * 100) != qRound(m_validation->value()))
        split.validationFraction = m_validation->value() / 100;
    if (qRound(split.calibrationFraction * 100) != qRound(m_calibration->value()))
        split.calibrationFraction = m_calibration->value() / 100;
    if (m_seed->value() != m_seed->maximum())
        split.seed = std::uint64_t(m_seed->value());
    split.block_px = m_block->value();
    split.guard_px = m_guard->value() < 0 ? std::optional<int>() : m_guard->value();
    m_document.setSplit(split, mergeSplit);
}

void SplitPanel::refresh()
{
    const SplitOptions& split = m_document.study().split;
    const QSignalBlocker blockers[] = {QSignalBlocker(m_kind),       QSignalBlocker(m_test),
                                       QSignalBlocker(m_validation), QSignalBlocker(m_calibration),
                                       QSignalBlocker(m_seed),       QSignalBlocker(m_block),
                                       QSignalBlocker(m_guard),      QSignalBlocker(m_leakGap)};
    m_kind->setCurrentIndex(m_kind->findData(int(split.kind)));
    m_test->setValue(split.testFraction * 100);
    m_validation->setValue(split.validationFraction * 100);
    m_calibration->setValue(split.calibrationFraction * 100);
    m_seed->setValue(int(std::min<std::uint64_t>(split.seed, std::uint64_t(m_seed->maximum()))));
    m_block->setValue(split.block_px);
    m_guard->setValue(split.guard_px.value_or(-1));
    auto* form = static_cast<QFormLayout*>(layout());
    const bool wholeScans = split.kind == SplitKind::Scans || split.kind == SplitKind::LeaveOneOut;
    const bool blocks = split.kind == SplitKind::Blocks ||
                        (wholeScans && split.validationFraction + split.calibrationFraction > 0);
    form->setRowVisible(m_test, !wholeScans); // the test part is a scan
    form->setRowVisible(m_blockRow, blocks);
    m_help->setText(splitHelp(split.kind));
    const bool cheap = usesProfiles(m_document.study().recipe.name);
    m_leakGap->setEnabled(!cheap);
    m_leakGap->setChecked(cheap || m_document.study().account.leakGap);
    m_leakGap->setToolTip(cheap ? tr("This recipe is trained in seconds: random split, blocks and unseen scans are always "
                                     "compared")
                                : tr("The run trains up to twice more, to show what a random split claims beside what blocks "
                                     "leave; see Compare > Scores"));
    refreshGuard();
    setEnabled(!m_document.study().model);
}

void SplitPanel::refreshGuard()
{
    const GuardRule rule = guardRule(m_document);
    m_guard->setSpecialValueText(tr("by rule: %1").arg(rule.total()) + m_guard->suffix());
    m_guard->setToolTip(tr("Unused margin around held-out blocks.\nBy rule 2 × (filter radius %1 + the recipe's neighbourhood %2) "
                           "+ overlap of probes %3 + resampling of the maps %4 = %5 px:\nso far apart no two pixels share a "
                           "measurement.")
                            .arg(rule.filterRadius_px)
                            .arg(rule.contextRadius_px)
                            .arg(rule.probe_px)
                            .arg(rule.resampling_px)
                            .arg(rule.total()));
    const auto& guard = m_document.study().split.guard_px;
    const bool narrow = guard && *guard < rule.total() && !m_blockRow->isHidden();
    static_cast<QFormLayout*>(layout())->setRowVisible(m_guardWarning, narrow);
    m_guardWarning->setText(
        narrow ? tr("⚠ Narrower than the rule (%1 px): held-out pixels share measurements with training pixels.")
                     .arg(rule.total())
               : QString());
}

} // namespace dispersa
