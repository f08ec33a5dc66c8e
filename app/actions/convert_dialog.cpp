// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/actions/convert_dialog.h"

#include "app/text/error_text.h"
#include "app/text/item_text.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QStorageInfo>
#include <QVBoxLayout>

namespace dispersa {
namespace {

enum Storage { Contiguous, Chunked, Compressed };

/// "centred, beam mask 5 px, bin 2"; empty when the counts stay as they are.
QString stepsText(const DiffractionOptions& options)
{
    QStringList steps;
    if (options.centre != CentreKind::None)
        steps << ConvertDialog::tr("centred");
    if (options.beamMask_px > 0)
        steps << ConvertDialog::tr("beam mask %1 px").arg(options.beamMask_px);
    if (options.bin > 1)
        steps << ConvertDialog::tr("bin %1").arg(options.bin);
    DiffractionOptions others = options;
    others.centre = CentreKind::None;
    others.beamMask_px = 0;
    others.bin = 1;
    others.scaling = DiffractionOptions().scaling;
    if (others != DiffractionOptions())
        steps << ConvertDialog::tr("the other steps of the Prepare page");
    return steps.join(QStringLiteral(", "));
}

QString scanFileName(const OpenedScan& scan)
{
    return QString::fromStdU16String(scan.diffraction->file().stem().u16string());
}

} // namespace

ConvertDialog::ConvertDialog(OpenedScanPtr scan, const DiffractionOptions& preparation, std::optional<Region> crop,
                             const QString& folder, QWidget* parent)
    : QDialog(parent), m_scan(std::move(scan)), m_preparation(preparation), m_crop(crop), m_storage(new QComboBox(this)),
      m_prepare(new QCheckBox(this)), m_cut(new QCheckBox(this)), m_target(new QLineEdit(this)),
      m_summary(new QLabel(this))
{
    setObjectName(QStringLiteral("convert_dialog"));
    setWindowTitle(tr("Convert %1 to HDF5").arg(QString::fromStdString(m_scan->entry.name)));
    m_storage->setObjectName(QStringLiteral("convert_storage"));
    m_storage->setAccessibleName(tr("How the patterns are stored"));
    m_storage->addItem(tr("In one piece: fastest to read here"), Contiguous);
    m_storage->addItem(tr("In chunks of several patterns, about 1 MB"), Chunked);
    m_storage->addItem(tr("Compressed chunks (gzip): smaller, slower"), Compressed);
    m_prepare->setObjectName(QStringLiteral("convert_prepare"));
    const QString steps = stepsText(m_preparation);
    m_prepare->setText(steps.isEmpty() ? tr("A&pply the preparation (the study has none)")
                                       : tr("A&pply the preparation: %1").arg(steps));
    m_prepare->setToolTip(tr("The steps of the Prepare page that yield counts; the scaling is left out"));
    m_prepare->setEnabled(!steps.isEmpty());
    m_cut->setObjectName(QStringLiteral("convert_crop"));
    m_cut->setText(m_crop ? tr("Only the &crop: %1").arg(QString::fromStdString(toText(*m_crop)))
                          : tr("Only the &crop (the study has none)"));
    m_cut->setEnabled(m_crop.has_value());
    m_target->setObjectName(QStringLiteral("convert_target"));
    m_target->setAccessibleName(tr("File to write"));
    m_target->setMinimumWidth(420);
    m_target->setText(QDir::toNativeSeparators(QDir(folder).filePath(scanFileName(*m_scan) + tr("-converted") + QStringLiteral(".h5"))));
    m_summary->setObjectName(QStringLiteral("convert_summary"));
    m_summary->setWordWrap(true);
    m_summary->setTextFormat(Qt::PlainText);

    auto* browseButton = new QPushButton(tr("&Browse…"), this);
    browseButton->setObjectName(QStringLiteral("convert_browse"));
    auto* targetRow = new QHBoxLayout;
    targetRow->addWidget(m_target, 1);
    targetRow->addWidget(browseButton);
    auto* form = new QFormLayout;
    form->addRow(tr("&Store"), m_storage);
    form->addRow(QString(), m_prepare);
    form->addRow(QString(), m_cut);
    auto* targetLabel = new QLabel(tr("&Write to"), this);
    targetLabel->setBuddy(m_target);
    form->addRow(targetLabel, targetRow);
    form->addRow(tr("Result"), m_summary);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    m_ok = buttons->button(QDialogButtonBox::Ok);
    m_ok->setText(tr("Convert"));
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(new QLabel(tr("Writes an EMD 1.0 file that Dispersa and py4DSTEM open."), this));
    layout->addLayout(form);
    layout->addStretch();
    layout->addWidget(buttons);

    connect(browseButton, &QPushButton::clicked, this, &ConvertDialog::browse);
    connect(m_storage, &QComboBox::currentIndexChanged, this, &ConvertDialog::refresh);
    connect(m_prepare, &QCheckBox::toggled, this, &ConvertDialog::refresh);
    connect(m_cut, &QCheckBox::toggled, this, &ConvertDialog::refresh);
    connect(m_target, &QLineEdit::textChanged, this, &ConvertDialog::refresh);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    refresh();
}

QString ConvertDialog::target() const
{
    const QString path = QDir::fromNativeSeparators(m_target->text().trimmed());
    return path.isEmpty() || !QFileInfo(path).suffix().isEmpty() ? path : path + QStringLiteral(".h5");
}

ConvertOptions ConvertDialog::options() const
{
    ConvertOptions options;
    options.compressed = m_storage->currentData().toInt() == Compressed;
    options.chunked = m_storage->currentData().toInt() == Chunked;
    options.calibration = m_scan->calibration; // the file's, overridden by the study's
    if (m_prepare->isChecked())
        options.preparation = m_preparation;
    if (m_cut->isChecked())
        options.crop = m_crop;
    return options;
}

void ConvertDialog::browse()
{
    const QString chosen =
        QFileDialog::getSaveFileName(this, tr("Convert to HDF5"), target(), tr("EMD / HDF5 (*.h5 *.hdf5 *.emd)"), nullptr,
                                     QFileDialog::DontConfirmOverwrite);
    if (!chosen.isEmpty())
        m_target->setText(QDir::toNativeSeparators(chosen));
}

void ConvertDialog::refresh()
{
    const auto result = convertedScan(*m_scan->diffraction, options());
    if (!result) {
        m_summary->setText(errorText(result.error()));
        m_ok->setEnabled(false);
        return;
    }
    const bool compressed = m_storage->currentData().toInt() == Compressed;
    QString text = tr("%1 positions, patterns of %2, %3: %4")
                       .arg(QString::fromStdString(toText(result->scan)), QString::fromStdString(toText(result->pattern)),
                            QString::fromLatin1(elementTypeName(result->type)), bytesText(result->bytes));
    if (compressed)
        text += tr(" before compression");
    text += QStringLiteral(".\n") + tr("Calibration: %1.").arg(calibrationText(result->calibration));
    const qint64 room = QStorageInfo(QFileInfo(target()).absolutePath()).bytesAvailable();
    if (room >= 0) {
        text += u'\n' + tr("%1 are free there.").arg(bytesText(std::uint64_t(room)));
        if (!compressed && std::uint64_t(room) < result->bytes)
            text += u' ' + tr("That is not enough.");
    }
    m_summary->setText(text);
    m_ok->setEnabled(!target().isEmpty());
}

void ConvertDialog::done(int result)
{
    if (result == QDialog::Accepted && QFileInfo::exists(target())) {
        QMessageBox question(QMessageBox::Question, windowTitle(),
                             tr("“%1” exists. Write over it?").arg(QFileInfo(target()).fileName()),
                             QMessageBox::Yes | QMessageBox::No, this);
        question.setObjectName(QStringLiteral("convert_overwrite"));
        question.setDefaultButton(QMessageBox::No);
        if (question.exec() != QMessageBox::Yes)
            return;
    }
    QDialog::done(result);
}

} // namespace dispersa
